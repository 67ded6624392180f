using Rally.Bot.Commands;
using Rally.Ledger.Amounts;
using Xunit;

namespace Rally.Bot.Tests.Commands;

public sealed class InputTests
{
    [Theory]
    [InlineData(" 12.5 ", 12_500_000)]
    [InlineData("0.000001", 1)]
    [InlineData("60", 60_000_000)]
    public void An_amount_is_read_exactly(string typed, long minorUnits)
    {
        Assert.True(AmountInput.TryRead(typed, out var amount, out _));
        Assert.Equal(minorUnits, amount.MinorUnits);
    }

    [Theory]
    [InlineData("1,5")]
    [InlineData("1e3")]
    [InlineData("٣")]
    [InlineData("0.0000001")]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("-1")]
    public void What_is_no_amount_is_said_with_an_example(string typed)
    {
        Assert.False(AmountInput.TryRead(typed, out _, out var mend));
        Assert.Contains("such as", mend, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_of_others_are_neither_markdown_nor_mentions() =>
        Assert.Equal("\\@everyone \\*\\*bold\\*\\* \\<\\@1\\> \\[a\\]\\(b\\) \\`c\\`", Say.Quote("@everyone **bold** <@1> [a](b) `c`"));

    [Fact]
    public void A_reply_never_exceeds_what_discord_takes() =>
        Assert.Equal(2000, Say.Privately(new string('x', 5000)).Message.Content!.Length);

    [Fact]
    public void One_command_is_one_transfer_whose_id_carries_its_time()
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123);
        var request = new SendCoins.Request(42, at, 1, 2, "PTM", Amount.Coins(1), null);
        var id = SendCoins.TransferId(request);
        Assert.Equal(id, SendCoins.TransferId(request with { Amount = Amount.Coins(2) }));
        Assert.NotEqual(id, SendCoins.TransferId(request with { InteractionId = 43 }));
        Assert.Equal(7, id.Version);
        Assert.Equal(Guid.CreateVersion7(at).ToString()[..13], id.ToString()[..13]);
    }
}
