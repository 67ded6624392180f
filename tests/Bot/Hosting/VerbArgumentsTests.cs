using Rally.Bot.Hosting;
using Rally.Bot.Hosting.Verbs;
using Xunit;

namespace Rally.Bot.Tests.Hosting;

public sealed class VerbArgumentsTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("10m", 600)]
    [InlineData("24h", 86_400)]
    [InlineData("3650d", 315_360_000)]
    public void A_time_is_a_number_and_a_unit(string text, long seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), VerbArguments.Duration("--for", text));

    [Theory]
    [InlineData("", "is not a time")]
    [InlineData("7", "is not a time")]
    [InlineData("d", "is not a time")]
    [InlineData("-7d", "is not a time")]
    [InlineData("99999999999999999999d", "is not a time")]
    [InlineData("99999999d", "is too long a time")]
    [InlineData("9223372036854775807s", "is too long a time")]
    public void Another_text_is_refused_with_what_fits(string text, string words)
    {
        var refused = Assert.Throws<SettingException>(() => VerbArguments.Duration("--for", text));

        Assert.Contains($"--for: '{text}' {words}", refused.Message, StringComparison.Ordinal);
    }
}
