using System.Text.Json;
using Rally.Ledger.Amounts;
using Rally.Ledger.Prices;
using Xunit;

namespace Rally.Ledger.Tests.Prices;

public sealed class UsdRateTests
{
    [Theory]
    [InlineData("0.0112", 11_200_000, "0.0112"), InlineData("1", 1_000_000_000, "1"), InlineData("0.000000001", 1, "0.000000001")]
    [InlineData("1.12E-2", 11_200_000, "0.0112"), InlineData("112e-4", 11_200_000, "0.0112"), InlineData("1e+3", 1_000_000_000_000, "1000")]
    [InlineData("9223372036.854775807", long.MaxValue, "9223372036.854775807"), InlineData("600.50", 600_500_000_000, "600.5")]
    [InlineData("0.01120000049", 11_200_000, "0.0112"), InlineData("0.0112000005", 11_200_001, "0.011200001")]
    [InlineData("0.0000000005", 1, "0.000000001"), InlineData("0.1000000000000000055511151231257827", 100_000_000, "0.1")]
    public void A_number_is_read_digit_by_digit(string text, long nano, string shortest)
    {
        Assert.True(UsdRate.TryParse(text, out var rate));
        Assert.Equal(nano, rate.NanoUsd);
        Assert.Equal(shortest, rate.ToString());
        Assert.True(UsdRate.TryParseExact(shortest, out var again));
        Assert.Equal(rate, again);
    }

    [Theory]
    [InlineData(null), InlineData(""), InlineData("0"), InlineData("-1"), InlineData("+1"), InlineData("0.00000000049"), InlineData("1e-1000")]
    [InlineData("1e1001"), InlineData("1e99999999999"), InlineData("NaN"), InlineData("Infinity"), InlineData("1,5"), InlineData(" 1"), InlineData("1 ")]
    [InlineData(".5"), InlineData("5."), InlineData("1.2.3"), InlineData("e5"), InlineData("1e"), InlineData("9223372036.854775808"), InlineData("$1")]
    [InlineData("."), InlineData("0x1"), InlineData("٣")]
    public void Anything_else_is_no_price(string? text) => Assert.False(UsdRate.TryParse(text, out _));

    [Fact]
    public void A_text_of_any_length_is_refused_at_once() => Assert.False(UsdRate.TryParse(new string('1', 100_000), out _));

    [Fact]
    public void A_setting_must_not_need_rounding() => Assert.False(UsdRate.TryParseExact("0.0000000015", out _));

    [Theory] // rly in millionths, nano-dollars, cents
    [InlineData(1_000_000, 11_200_000, 1), InlineData(100_000_000, 11_200_000, 112), InlineData(-100_000_000, 11_200_000, -112)]
    [InlineData(1_000_000, 5_000_000, 1), InlineData(1_000_000, 4_999_999, 0), InlineData(-1_000_000, 5_000_000, -1), InlineData(0, 5_000_000, 0)]
    [InlineData(long.MaxValue, 1_000_000_000, 922_337_203_685_478)]
    public void Cents_are_rounded_to_the_nearest_halves_away_from_zero(long rly, long nano, long cents) =>
        Assert.Equal(cents, new UsdRate(nano).ToCents(new Amount(rly)));

    [Theory] // cents, nano-dollars, rly in millionths
    [InlineData(100, 11_200_000, 89_285_714), InlineData(1, 3_000_000_000, 3_333), InlineData(-1, 3_000_000_000, -3_333), InlineData(0, 1, 0)]
    public void RLY_is_rounded_towards_zero(long cents, long nano, long rly) =>
        Assert.Equal(new Amount(rly), new UsdRate(nano).FromCents(cents));

    [Fact]
    public void Cents_survive_the_way_to_RLY_and_back()
    {
        foreach (var nano in new long[] { 1, 7, 11_200_000, 999_999_999, 600_000_000_000, 4_999_000_000_000 })
        {
            var rate = new UsdRate(nano);
            for (var cents = 0L; cents < 9_000; cents += 7)
                Assert.Equal(cents, rate.ToCents(rate.FromCents(cents)));
        }
    }

    [Fact]
    public void What_does_not_fit_is_not_wrapped()
    {
        Assert.Throws<OverflowException>(() => new UsdRate(long.MaxValue).ToCents(new Amount(long.MaxValue)));
        Assert.Throws<OverflowException>(() => new UsdRate(1).FromCents(long.MaxValue));
    }

    [Theory]
    [InlineData(100, 1_000, false), InlineData(100, 1_001, true), InlineData(1_000, 100, false), InlineData(1_001, 100, true)]
    [InlineData(1, long.MaxValue, true), InlineData(long.MaxValue, 1, true)]
    public void Far_is_more_than_ten_times_away(long nano, long other, bool isFar) =>
        Assert.Equal(isFar, new UsdRate(nano).IsFarFrom(new(other)));

    [Theory] // RFC 6901, section 5
    [InlineData("/foo/0", "\"bar\""), InlineData("/", "0"), InlineData("/a~1b", "1"), InlineData("/c%d", "2"), InlineData("/m~0n", "8")]
    [InlineData("/foo/2", null), InlineData("/foo/00", null), InlineData("/foo/-", null), InlineData("/none", null), InlineData("/a~1b/x", null)]
    [InlineData("/~01", "9")]
    public void A_pointer_finds_what_RFC_6901_says(string place, string? json)
    {
        using var document = JsonDocument.Parse("""{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"m~n":8,"~1":9}""");

        Assert.Equal(json, JsonPointer.Parse(place)!.Find(document.RootElement)?.GetRawText());
        Assert.Equal(JsonValueKind.Object, JsonPointer.Parse("")!.Find(document.RootElement)!.Value.ValueKind);
    }

    [Theory]
    [InlineData("a"), InlineData("/a~"), InlineData("/a~2"), InlineData("#/a")]
    public void Other_texts_are_no_pointers(string text) => Assert.Null(JsonPointer.Parse(text));
}
