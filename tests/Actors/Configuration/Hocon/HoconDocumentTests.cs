using System.Text;
using Akka.Configuration;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Hocon;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Configuration.Hocon;

public sealed class HoconDocumentTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a = 1", "a=1")]
    [InlineData("{ a : 1 }", "a=1")]
    [InlineData("a.b { c = x y  z # comment\n d = \"q // #\" }", "a.b.c=x y  z;a.b.d=q // #")]
    [InlineData("a { b = 1 }, c = 2", "a.b=1;c=2")]
    [InlineData("a { b = 1 }\na { c = 2 }\na.b = 3", "a.b=3;a.c=2")]
    [InlineData("a { b = 1 }\na = 2", "a=2")]
    [InlineData("a = [1, 2\n 3,]\na += 4", "a=[1,2,3,4]")]
    [InlineData("b += 4", "b=[4]")]
    [InlineData("a = [1] [2]", "a=[1,2]")]
    [InlineData("a = { b = 1 } { c = 2 }", "a.b=1;a.c=2")]
    [InlineData("a = \"\"\"one\n\"two\"\"\"\"", "a=one\n\"two\"")]
    [InlineData("a = \"\\ud83d\\ude00\"", "a=\ud83d\ude00")]
    [InlineData("a = \"tab\\tquote\\\"\\u00e9\"", "a=tab\tquote\"é")]
    [InlineData("\"a.b\" = 1", "\"a.b\"=1")]
    [InlineData("\"\" = 1\na.\"\".b = 2", "\"\"=1;a.\"\".b=2")]
    [InlineData("a = 10 s\nb = ${a}\nc = [${a}, x${a}]", "a=10 s;b=10 s;c=[10 s,x10 s]")]
    [InlineData("a = ${b.c}\nb { c = 1 }", "a=1;b.c=1")]
    [InlineData("a = [1]\na = ${a} [2]", "a=[1,2]")]
    [InlineData("a = ${?none} x\nb = ${?none}\nc = [${?none}]", "a=x;c=[]")]
    [InlineData("b = 1\nb = ${?none}", "b=1")]
    [InlineData("a = ${base} { y = 3 }\nbase { x = 1, y = 2 }", "a.x=1;a.y=3;base.x=1;base.y=2")]
    [InlineData("a = ${VARIABLE}", "a=from outside")]
    [InlineData("a = ${?a} x", "a=x")]
    [InlineData("", "")]
    public void What_HOCON_allows_is_read(string text, string expected)
    {
        var document = Parse(text);
        var config = document.Canonical.Length == 0
            ? Config.Empty
            : ConfigurationFactory.ParseString(document.Canonical);

        var read = HoconTree.Leaves(config).Select(key => $"{key}={Shown(config, key)}");
        Assert.Equal(expected, string.Join(';', read));
        Assert.Equal(HoconTree.Leaves(config), document.Keys);
    }

    [Theory]
    [InlineData("a {\n b = 1\n", "t.conf:1:3: the block that begins here is not closed")]
    [InlineData("a { b = 1 } }", "t.conf:1:13: this brace closes nothing")]
    [InlineData("a = [1, 2\nb = 3", "t.conf:2:3: '=' stands in a text without quotes")]
    [InlineData("a = [1, 2\n", "t.conf:1:5: the list that begins here is not closed")]
    [InlineData("a =\n", "t.conf:1:1: the key a has no value after its sign")]
    [InlineData("a\nb = 1", "t.conf:1:1: the key a has no value. Write a = VALUE")]
    [InlineData("a b = 1", "t.conf:1:1: the key a has no value")]
    [InlineData("x = 1,, y = 2", "t.conf:1:7: ',' stands where a key is expected")]
    [InlineData("a = http://host", "t.conf:1:9: ':' stands in a text without quotes. Put the text in quotes")]
    [InlineData("a = \"open\nb = 1", "t.conf:1:5: the quote that begins here is not closed on its line")]
    [InlineData("a = \"\"\"open", "t.conf:1:5: the text that begins here with \"\"\" has no end")]
    [InlineData("a = \"\\ud800x\"", "t.conf:1:5: this text holds half of a surrogate pair")]
    [InlineData("a = \"\\q\"", "t.conf:1:6: this escape is unknown")]
    [InlineData("a = ${b}", "t.conf:1:5: ${b} is neither a key of this file nor an environment variable")]
    [InlineData("a = ${}", "t.conf:1:7: '}' stands where a key is expected")]
    [InlineData("a = ${b", "t.conf:1:5: the substitution that begins here is not closed")]
    [InlineData("a = ${b}\nb = ${c}\nc = ${b}", "t.conf:3:5: substitutions lead back to themselves: b -> c -> b")]
    [InlineData("a = ${a}", "t.conf:1:5: a refers to itself and has no earlier value")]
    [InlineData("a { b = ${a} }", "substitutions lead back to themselves: a -> a")]
    [InlineData(
        "a = [{ b = 1 } { c = 2 }]", "t.conf:1:16: two entries stand beside each other. Put a comma between them")]
    [InlineData("a = x [1]", "t.conf:1:5: a text, a list and an object cannot be put together")]
    [InlineData("host = 127.0.0.1 port = 30001", "t.conf:1:23: '=' stands in a text without quotes")]
    [InlineData("a = 1 b = 2", "t.conf:1:9: '=' stands in a text without quotes")]
    [InlineData("a = \"x\" }", "t.conf:1:9: this brace closes nothing")]
    [InlineData("include url(\"http://x\")", "t.conf:1:9: an include names a file in quotes")]
    [InlineData("include \"missing.conf\"", "missing.conf: no such file, though it is included")]
    public void What_is_wrong_is_told_with_line_and_column(string text, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<UserErrorException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Deep_texts_growing_texts_and_long_chains_are_refused_at_once()
    {
        var doubling = string.Join('\n', Enumerable.Repeat("a = ${a}${a}", 60));
        var tree = string.Join(
            '\n', Enumerable.Range(0, 40).Select(i => $"k{i} {{ x = ${{k{i + 1}}}, y = ${{k{i + 1}}} }}"));
        string[] texts =
        [
            string.Concat(Enumerable.Repeat("a {", 100_000)),
            "a = " + new string('[', 100_000),
            string.Join('.', Enumerable.Repeat("a", 10_000)) + " = 1",
            "a = x\n" + doubling,
            "a = [1]\n" + doubling,
            tree + "\nk40 = 1",
            string.Concat(Enumerable.Range(0, 100_000).Select(i => $"k{i} = ${{k{i + 1}}}\n")),
            "a = 1\nb = 2\n" + string.Concat(Enumerable.Repeat("a = ${b}\n", 100_000)),
        ];

        Assert.All(texts, text => Assert.Throws<UserErrorException>(() => Parse(text)));
    }

    [Fact]
    public void Any_text_is_read_or_refused()
    {
        const string alphabet = "ab.={}[]:,\"\\$?# \n+x";
        var random = new Random(1);
        var read = 0;
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Concat(
                Enumerable.Range(0, random.Next(24)).Select(_ => alphabet[random.Next(alphabet.Length)]));
            try
            {
                var canonical = Parse(text).Canonical;
                Assert.Equal(canonical, Parse(canonical).Canonical);
                read++;
            }
            catch (UserErrorException)
            {
                // Refused with a reason.
            }
        }

        Assert.InRange(read, 100, 19_000);
    }

    [Fact]
    public void Included_files_are_read_beside_the_including_one_and_keep_their_places()
    {
        Directory.CreateDirectory(_folder.At("inner"));
        File.WriteAllText(
            _folder.At("main.conf"),
            "include \"inner/base.conf\"\nblock { include required(file(\"inner/more.conf\")) }\n");
        File.WriteAllText(_folder.At("inner/base.conf"), "a = 1\n\nb = ${a}\n");
        File.WriteAllText(_folder.At("inner/more.conf"), "c = 2, d = ${c}\n");

        var document = HoconDocument.Read(_folder.At("main.conf"), _ => null);

        Assert.Equal(["a", "b", "block.c", "block.d"], document.Keys);
        Assert.Equal(new HoconPlace(_folder.At("inner/base.conf"), 3, 1), document.PlaceOf("b"));
        Assert.Equal(1, document.PlaceOf("block.d")!.Value.Line);
        Assert.Contains("\"d\" = \"2\"", document.Canonical, StringComparison.Ordinal);
    }

    [Fact]
    public void A_substitution_of_an_included_file_takes_what_the_including_one_sets_later()
    {
        File.WriteAllText(_folder.At("base.conf"), "a = base, b = ${a}");
        File.WriteAllText(_folder.At("main.conf"), "include \"base.conf\"\na = main");

        var read = HoconDocument.Read(_folder.At("main.conf"), _ => null).Canonical;

        Assert.Equal("\"a\" = \"main\"\n\"b\" = \"main\"\n", read);
    }

    [Fact]
    public void A_file_that_includes_itself_is_refused_with_the_way_it_takes()
    {
        File.WriteAllText(_folder.At("one.conf"), "include \"two.conf\"");
        File.WriteAllText(_folder.At("two.conf"), "include \"one.conf\"");

        var message = Assert.Throws<UserErrorException>(
            () => HoconDocument.Read(_folder.At("one.conf"), _ => null)).Message;

        Assert.Contains(
            $"{_folder.At("one.conf")} -> {_folder.At("two.conf")} -> {_folder.At("one.conf")}",
            message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_is_refused_at_once()
    {
        var message = Assert.Throws<UserErrorException>(() => HoconDocument.Read("/dev/zero", _ => null)).Message;

        Assert.Equal("/dev/zero: a pipe, a socket or a device. Name a plain file.", message);
    }

    [Fact]
    public void Text_is_UTF_8_or_what_its_byte_order_mark_says_and_damage_is_told_with_its_place()
    {
        const string text = "a = 1\nb = \"é\"\n";
        Encoding[] encodings = [new UTF8Encoding(true), Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32];
        foreach (var encoding in encodings)
        {
            Assert.Equal(["a", "b"], ReadBytes([.. encoding.GetPreamble(), .. encoding.GetBytes(text)]).Keys);
        }

        Assert.Contains("t.conf:2:6: the byte E9 is no UTF-8", Refused(Encoding.Latin1.GetBytes(text)));
        Assert.Contains("t.conf:1:2: a NUL character stands here", Refused(Encoding.Unicode.GetBytes("a = 1")));
        Assert.Contains("t.conf:3:3: a NUL character stands here", Refused("\n\na \0 = 1"u8.ToArray()));

        string Refused(byte[] bytes) => Assert.Throws<UserErrorException>(() => ReadBytes(bytes)).Message;
    }

    [Fact]
    public void Files_that_include_each_other_many_times_are_refused_at_once()
    {
        for (var i = 0; i < 12; i++)
        {
            var ten = Enumerable.Repeat($"include \"{i + 1}.conf\"\n", 10);
            File.WriteAllText(_folder.At($"{i}.conf"), string.Concat(ten));
        }

        File.WriteAllText(_folder.At("12.conf"), "a = 1");

        Assert.Contains(
            "more than 1000 files are included",
            Assert.Throws<UserErrorException>(() => HoconDocument.Read(_folder.At("0.conf"), _ => null)).Message);
    }

    [Fact]
    public void An_included_device_is_told_with_the_place_of_its_include() => Assert.Equal(
        "t.conf:2:1: /dev/zero: a pipe, a socket or a device. Name a plain file.",
        Assert.Throws<UserErrorException>(() => Parse("\ninclude \"/dev/zero\"")).Message);

    [Fact]
    public void Control_characters_of_a_file_are_shown_as_escapes()
    {
        var message = Assert.Throws<UserErrorException>(() => Parse("a = \u001b[31m")).Message;

        Assert.DoesNotContain('\u001b', message);
        Assert.Contains(
            "u001b",
            Assert.Throws<UserErrorException>(() => Parse("a = ${\"\u001b\"}")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_reference_file_reads_as_before()
    {
        var text = File.ReadAllText(Path.Combine(Fixtures.Repository, "hocon", "reference.conf"));

        var read = ConfigurationFactory.ParseString(Parse(text).Canonical);

        Assert.Equal(HoconTree.Print(Configurations.Reference, "r1reward"), HoconTree.Print(read, "r1reward"));
        Assert.Equal(HoconTree.Print(Configurations.Reference, "akka"), HoconTree.Print(read, "akka"));
    }

    private HoconDocument ReadBytes(byte[] bytes)
    {
        File.WriteAllBytes(_folder.At("t.conf"), bytes);
        return HoconDocument.Read(_folder.At("t.conf"), _ => null);
    }

    private static HoconDocument Parse(string text) =>
        HoconDocument.Parse(text, "t.conf", ".", name => name == "VARIABLE" ? "from outside" : null);

    private static string Shown(Config config, string key)
    {
        var value = HoconTree.Json(config.GetValue(key));
        return value is Newtonsoft.Json.Linq.JArray list ? $"[{string.Join(',', list)}]" : value.ToString();
    }

}
