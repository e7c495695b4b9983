using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace R1Reward.Conformance.AkkaCore;

public sealed class HoconTests
{
    [Fact]
    public void Objects_paths_comments_and_both_assignments_are_read()
    {
        var config = Parse("""
            # a comment
            a { b = 1, c : "two" } // another
            a.d = 3.5
            a.e { f = on }
            "quoted.key" = 7
            text = several plain words   # trimmed
            long = "line one\nline two\t\u0041"
            raw = "triple has no escapes: \n"
            """.Replace("\"triple has no escapes: \\n\"", "\"\"\"triple: \\n\"\"\""));
        Assert.Equal(1, config.GetInt("a.b"));
        Assert.Equal("two", config.GetString("a.c"));
        Assert.Equal(3.5, config.GetDouble("a.d"));
        Assert.True(config.GetBoolean("a.e.f"));
        Assert.Equal(7, config.GetInt("\"quoted.key\""));
        Assert.Equal("several plain words", config.GetString("text"));
        Assert.Equal("line one\nline two\tA", config.GetString("long"));
        Assert.Equal("triple: \\n", config.GetString("raw"));
    }

    [Theory]
    [InlineData("10ms", 10)]
    [InlineData("10", 10)]
    [InlineData("2 s", 2_000)]
    [InlineData("2 seconds", 2_000)]
    [InlineData("1.5 minutes", 90_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("1d", 86_400_000)]
    [InlineData("5000 micros", 5)]
    [InlineData("5000000 ns", 5)]
    public void Durations_have_units_and_are_milliseconds_without(string text, double milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), Parse($"d = {text}").GetTimeSpan("d"));

    [Theory]
    [InlineData("5 us")]
    [InlineData("-5s")]
    [InlineData("soon")]
    public void Other_durations_are_refused(string text) =>
        Assert.Throws<FormatException>(() => Parse($"d = \"{text}\"").GetTimeSpan("d"));

    [Fact]
    public void Infinite_is_a_duration_where_it_is_allowed()
    {
        var config = Parse("d = infinite");
        Assert.Equal(Timeout.InfiniteTimeSpan, config.GetTimeSpan("d"));
        Assert.Throws<FormatException>(() => config.GetTimeSpan("d", allowInfinite: false));
    }

    [Theory]
    [InlineData("128000b", 128_000)]
    [InlineData("64", 64)]
    [InlineData("64kB", 64_000)]
    [InlineData("2MB", 2_000_000)]
    [InlineData("64 k", 65_536)]
    [InlineData("64KiB", 65_536)]
    [InlineData("2m", 2_097_152)]
    [InlineData("2MiB", 2_097_152)]
    [InlineData("1 gigabyte", 1_000_000_000)]
    [InlineData("1g", 1_073_741_824)]
    public void Sizes_are_decimal_with_B_and_binary_without(string text, long bytes) =>
        Assert.Equal(bytes, Parse($"s = {text}").GetByteSize("s", null));

    [Theory]
    [InlineData("64KB")]
    [InlineData("1.5MB")]
    [InlineData("1 mb")]
    public void Other_sizes_are_refused(string text) =>
        Assert.Throws<FormatException>(() => Parse($"s = {text}").GetByteSize("s", null));

    [Fact]
    public void Substitutions_are_resolved_inside_their_own_text()
    {
        var config = Parse("""
            a { x = 1, y = 2 }
            b = ${a.x}
            c = prefix-${a.y}
            d = ${a}
            list = ${items}
            items = [1, 2]
            """);
        Assert.Equal(1, config.GetInt("b"));
        Assert.Equal("prefix-2", config.GetString("c"));
        Assert.Equal(2, config.GetInt("d.y"));
        Assert.Equal([1, 2], config.GetIntList("list"));
        Assert.Equal(1, Parse("a.x = 9").WithFallback(config).GetInt("b"));
    }

    [Fact]
    public void An_unresolved_substitution_is_a_format_exception() =>
        Assert.Throws<FormatException>(() => Parse("a = ${nowhere}"));

    [Fact]
    public void There_is_no_environment()
    {
        Environment.SetEnvironmentVariable("R1_HOCON_TEST", "set");
        Assert.Throws<FormatException>(() => Parse("a = ${R1_HOCON_TEST}"));
    }

    [Fact]
    public void Includes_go_through_the_callback_and_resolve_inside_themselves()
    {
        var asked = new List<string>();
        HoconRoot Include(string name)
        {
            asked.Add(name);
            return Parser.Parse("x = 1\ny = ${x}", null);
        }

        var config = ConfigurationFactory.ParseString("a { include \"other.conf\" \n z = 3 }\na.x = 5", Include);
        Assert.Equal(["other.conf"], asked);
        Assert.Equal(5, config.GetInt("a.x"));
        Assert.Equal(3, config.GetInt("a.z"));
    }

    [Fact]
    public void An_include_without_a_callback_is_a_null_reference() =>
        Assert.Throws<NullReferenceException>(() => Parse("include \"other.conf\""));

    [Theory]
    [InlineData("a = http://host:80/x")]
    [InlineData("a = b=c")]
    public void Unquoted_text_with_an_assignment_character_is_refused(string text) =>
        Assert.Throws<ConfigurationException>(() => Parse(text));

    [Theory]
    [InlineData("* = 1")]
    [InlineData("a { b = 1 } , c = 2")]
    public void What_is_no_token_is_refused(string text) => Assert.Throws<FormatException>(() => Parse(text));

    [Fact]
    public void There_is_no_appending()
    {
        var config = Parse("a = 1\na += 2");
        Assert.Equal(1, config.GetInt("a"));
        Assert.Equal(2, config.GetInt("\"a +\""));
    }

    [Fact]
    public void Booleans_are_on_off_true_false_only()
    {
        Assert.True(Parse("a = true").GetBoolean("a"));
        Assert.False(Parse("a = off").GetBoolean("a"));
        Assert.Throws<NotSupportedException>(() => Parse("a = yes").GetBoolean("a"));
    }

    [Fact]
    public void What_is_missing_is_the_default_or_null_and_a_list_of_numbers_throws()
    {
        var config = Parse("a = 1");
        Assert.Equal(7, config.GetInt("b", 7));
        Assert.Equal(0, config.GetInt("b"));
        Assert.Null(config.GetString("b"));
        Assert.Equal(TimeSpan.Zero, config.GetTimeSpan("b"));
        Assert.Null(config.GetConfig("b"));
        Assert.Null(config.GetByteSize("b", null));
        Assert.Empty(config.GetStringList("b"));
        Assert.Throws<NullReferenceException>(() => config.GetIntList("b"));
        Assert.False(config.HasPath("b"));
    }

    [Fact]
    public void Null_is_no_text() => Assert.Null(Parse("a = null").GetString("a", "default"));

    [Fact]
    public void Fallbacks_merge_objects_deeply_and_replace_arrays_and_scalars()
    {
        var merged = Parse("a { b = 1, list = [1] }").WithFallback(Parse("a { b = 2, c = 3, list = [2, 3] }\nd = 4"));
        Assert.Equal(1, merged.GetInt("a.b"));
        Assert.Equal(3, merged.GetInt("a.c"));
        Assert.Equal([1], merged.GetIntList("a.list"));
        Assert.Equal(4, merged.GetInt("d"));
        Assert.Equal(["a", "d"], merged.AsEnumerable().Select(e => e.Key).Order());
    }

    [Fact]
    public void A_later_value_in_the_same_text_wins_and_objects_merge()
    {
        var config = Parse("a = 1\na = 2\no { x = 1 }\no { y = 2 }\no.x = 3\nlist = [1]\nlist = [2]");
        Assert.Equal(2, config.GetInt("a"));
        Assert.Equal(3, config.GetInt("o.x"));
        Assert.Equal(2, config.GetInt("o.y"));
        Assert.Equal([2], config.GetIntList("list"));
    }

    [Fact]
    public void Lists_take_commas_or_lines()
    {
        Assert.Equal(["a", "b c", "d"], Parse("l = [a, \"b c\"\n d]").GetStringList("l"));
        Assert.Empty(Parse("l = []").GetStringList("l"));
    }

    private static Config Parse(string text) => ConfigurationFactory.ParseString(text);
}
