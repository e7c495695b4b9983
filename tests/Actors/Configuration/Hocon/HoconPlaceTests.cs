using R1Reward.Actors.Configuration.Hocon;

namespace R1Reward.Actors.Tests.Configuration.Hocon;

public sealed class HoconPlaceTests
{
    [Theory]
    [InlineData("a = 1\nb = 2", "b", 2)]
    [InlineData("a {\n  b {\n    c = 1\n  }\n  d = 2\n}", "a.d", 5)]
    [InlineData("a.b {\n  c.d = 1\n}", "a.b.c.d", 2)]
    [InlineData("# a = 1\n// b = 2\nb = 3", "b", 3)]
    [InlineData("a = \"x { y = 1 }\"\nb = 2", "b", 2)]
    [InlineData("a = [\n 1,\n 2\n]\nb = 2", "b", 5)]
    [InlineData("a { b = 1, c = 2 }\nd = 3", "a.c", 1)]
    [InlineData("a = {\n  b = 1\n}\nc = 2", "a.b", 2)]
    [InlineData("a = 1\na = 2", "a", 2)]
    public void The_line_of_a_key_is_where_it_was_last_set(string text, string key, int line) =>
        Assert.Equal(line, LineOf(text, key));

    [Fact]
    public void A_key_that_is_not_there_has_the_line_of_its_block() =>
        Assert.Equal(2, LineOf("x = 1\na {\n b = 1\n}", "a.c"));

    [Fact]
    public void A_key_of_a_missing_block_has_no_line() => Assert.Null(LineOf("x = 1", "a.c"));

    private static int? LineOf(string text, string key) =>
        HoconDocument.Parse(text, "t.conf", ".", _ => null).PlaceOf(key)?.Line;
}
