using Newtonsoft.Json;
using R1Reward.Data.Text;

namespace R1Reward.Data.Tests.Text;

public sealed class PythonLiteralTests
{
    [Theory]
    [InlineData("['a', \"b\"]", """["a","b"]""")]
    [InlineData("( 'a' , )", """["a"]""")]
    [InlineData("('a')", "\"a\"")]
    [InlineData("()", "[]")]
    [InlineData("[1, -2.5, True, None, [False,]]", "[1,-2.5,true,null,[false]]")]
    [InlineData("{'a': (1, 2), \"b\": {}}", """{"a":[1,2],"b":{}}""")]
    [InlineData(@"['it\'s', '\n\x41\u00e9\q']", """["it's","\nAé\\q"]""")]
    public void A_value_is_read_as_Python_reads_it(string text, string json) =>
        Assert.Equal(json, PythonLiteral.TryParse(text)?.ToString(Formatting.None));

    [Theory]
    [InlineData("[a]")]
    [InlineData("['a' 'b']")]
    [InlineData("['a'")]
    [InlineData("[,]")]
    [InlineData("['a'] x")]
    [InlineData(@"['\x4']")]
    [InlineData("{1: 2}")]
    [InlineData("")]
    public void What_is_no_value_is_none(string text) => Assert.Null(PythonLiteral.TryParse(text));

    [Fact]
    public void Lists_without_end_are_refused_before_they_end_the_program() =>
        Assert.Null(PythonLiteral.TryParse(new string('[', 100_000)));
}
