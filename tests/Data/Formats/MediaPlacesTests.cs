using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class MediaPlacesTests : IDisposable
{
    private static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("\"\"")]
    [InlineData("\"  \"")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[null]")]
    [InlineData("""{"bytes":null,"path":null}""")]
    public void No_picture_is_no_picture(string image) => Assert.Empty(Pair(image).Media);

    [Theory]
    [InlineData("cup.png", "\"cup.png\"")]
    [InlineData("cup.png", "[\"cup.png\"]")]
    [InlineData("cup.png", """{"bytes":null,"path":"cup.png"}""")]
    [InlineData("cup.png", """{"url":"cup.png"}""")]
    [InlineData("my cup.png", "\"my cup.png\"")]
    [InlineData("my cup.png", "\"file://FOLDER/my%20cup.png\"")]
    [InlineData("my%20cup.png", "\"file://FOLDER/my%20cup.png\"")]
    [InlineData("cup.png", "\"file://localhostFOLDER/cup.png\"")]
    [InlineData("cup.png", "\"file:FOLDER/cup.png\"")]
    [InlineData("sub/cup.png", "\"file://sub/cup.png\"")]
    [InlineData("sub/cup.png", "\"sub\\\\cup.png\"")]
    [InlineData("T\u00E4sse.png", "\"file://FOLDER/T%C3%A4sse.png\"")]
    [InlineData("T\u00E4sse.png", "\"T\u00E4sse.png\"")]
    [InlineData("cup.png", "\"./cup.png\"")]
    public void A_picture_is_found_however_its_path_is_written(string name, string image)
    {
        var path = Path.Combine(_folder.Path, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, Png);
        var file = Read(image.Replace("FOLDER", _folder.Path, StringComparison.Ordinal));
        Assert.Empty(file.MediaMissing);
        var found = Assert.Single(file.Pairs.Single().MediaIn(_folder.Path).Media);
        Assert.Equal(Png, File.ReadAllBytes(found.Path));
        Assert.Equal(found, file.Pairs.Single().MediaIn(_folder.Path).MediaIn("/").Media.Single());
    }

    [Fact]
    public void Bytes_and_base64_without_a_scheme_become_an_address_that_holds_the_picture()
    {
        var base64 = Convert.ToBase64String([.. Png, .. new byte[100]]);
        string[] written = [$$"""{"bytes":"{{base64}}","path":"x.png"}""", $"\"{base64}\"", $"[\"{base64}\"]"];
        Assert.All(written, image =>
        {
            var item = Assert.Single(Pair(image).MediaIn(_folder.Path).Media);
            Assert.StartsWith("data:image/png;base64,", item.Path, StringComparison.Ordinal);
            Assert.True(DataUri.TryDecode(item.Path, out var held));
            Assert.Equal(Png, held[..Png.Length]);
        });
    }

    [Theory]
    [InlineData("https://example.com/a b.png")]
    [InlineData("s3://bucket/cup.png")]
    public async Task An_address_of_another_machine_is_not_fetched_and_says_so(string address)
    {
        var file = Read($"\"{address}\"");
        Assert.Single(file.MediaMissing);
        var item = file.Pairs.Single().MediaIn(_folder.Path).Media.Single();
        Assert.Equal(address, item.Path);
        var config = new PreprocessorConfig();
        var result = await new MediaProcessor(config, config).LoadAsync(item, "", default);
        Assert.Equal(MediaStatus.Unsupported, result.Status);
        Assert.Contains("not fetched; download the file", result.Reason);
    }

    [Fact]
    public void Identities_do_not_depend_on_the_folder()
    {
        var other = Path.Combine(_folder.Path, "long-run");
        Directory.CreateDirectory(other);
        const string row = """{"prompt":"q","chosen":"a","rejected":"b","images":["cup.png"]}""";
        var ids = new[] { _folder.Write("rows.jsonl", row), _folder.Write("long-run/rows.jsonl", row) }
            .Select(path => PairReader.Read(path).Pairs.Single())
            .Select(pair => (pair.Id, pair.Group, pair.MediaIn(other).Id))
            .ToList();
        Assert.Equal(ids[0], ids[1]);
    }

    private PairFile Read(string image) => PairReader.Read(
        _folder.Write("rows.jsonl", $$"""{"prompt":"q","chosen":"a","rejected":"b","image":{{image}}}"""));

    private PreferencePair Pair(string image) => Read(image).Pairs.Single();
}
