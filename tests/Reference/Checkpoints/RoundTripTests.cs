using System.Security.Cryptography;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Tests.Support;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Checkpoints;

/// <summary>A checkpoint that was read and written again is the same checkpoint.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<string> Models =>
        [.. Folders().Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    [FixtureTheory]
    [MemberData(nameof(Models))]
    public void Weights_names_formats_and_companions_stay(string name)
    {
        var original = Fixtures.Path("models", name);
        using var copy = new TempFolder();
        try
        {
            using var model = Checkpoint.Load(original, CPU, ScalarType.Float32);
            Checkpoint.Save(
                model,
                copy.Path,
                maxShardBytes: CheckpointFiles.Open(original).Shards.Max(shard => shard.Length));
        }
        catch (UserErrorException refused) when (IsUnknown(original))
        {
            Assert.Matches(@"^\S+config\.json: \w+ [^\n]+$", refused.Message);
            return;
        }

        Assert.Equal(Contents(original), Contents(copy.Path));
        Assert.Equal(
            CheckpointFiles.Open(original).Shards.Count > 1,
            CheckpointFiles.Open(copy.Path).Shards.Count > 1);
        foreach (
            var file in Directory
                .GetFiles(original)
                .Select(path => Path.GetFileName(path))
                .Where(file =>
                    !file.StartsWith("model", StringComparison.Ordinal)
                    && !file.StartsWith("config", StringComparison.Ordinal)))
        {
            Assert.True(
                File.ReadAllBytes(Path.Combine(original, file))
                    .AsSpan()
                    .SequenceEqual(File.ReadAllBytes(Path.Combine(copy.Path, file))),
                file);
        }

        Assert.True(JToken.DeepEquals(Config(original), Config(copy.Path)), Config(copy.Path).ToString());
    }

    [FixtureTheory]
    [MemberData(nameof(Models))]
    public void Names_inside_the_reference_are_known(string name)
    {
        var config = TryConfig(Fixtures.Path("models", name));
        foreach (var spec in config is null ? [] : ModelLayout.Specs(config))
        {
            var inside = TensorNames.InReference(spec.Name, config!);
            Assert.Equal(spec.Name, TensorNames.Canonical(inside));
            Assert.Equal(spec.Name, TensorNames.Canonical("thinker." + spec.Name));
        }
    }

    [ReferenceTheory("vision-audio", "tensor-names-*")]
    public void Adapters_are_written_in_the_names_inside_the_reference(string name)
    {
        var names = (JObject)JObject.Parse(File.ReadAllText(Fixtures.Path("vision-audio", name + ".json")))["names"]!;
        var config = Vision.VisionModels.FolderWith(names) is { } folder ? TryConfig(folder) : null;
        Assert.True(config is not null || Skips.Reason("vision-audio", name) is not null);
        foreach (var property in config is null ? [] : names.Properties())
        {
            var inside = (string)property.Value["module"]!;
            Assert.Equal(TensorNames.Canonical(property.Name), TensorNames.Canonical(inside));
            Assert.Equal(inside, TensorNames.InReference(TensorNames.Canonical(property.Name), config!));
        }
    }

    private static string[] Folders() =>
        Fixtures.SkipReason is null ? Directory.GetDirectories(Fixtures.Path("models")) : [];

    private static bool IsUnknown(string folder) => TryConfig(folder) is null;

    private static ModelConfig? TryConfig(string folder)
    {
        try
        {
            return ModelConfig.Load(folder);
        }
        catch (UserErrorException)
        {
            return null;
        }
    }

    // The number format may be spelt in either way; everything else is kept as it was.
    private static JObject Config(string folder)
    {
        var json = JObject.Parse(File.ReadAllText(Path.Combine(folder, "config.json")));
        foreach (var part in json.PropertyValues().OfType<JObject>().Append(json).ToList())
        {
            part.Remove("torch_dtype");
            part.Remove("dtype");
        }

        return json;
    }

    private static List<string> Contents(string folder)
    {
        using var scope = NewDisposeScope();
        var lines = CheckpointFiles.Open(folder).Shards
            .SelectMany(shard => shard.Entries.Select(entry =>
            {
                var hash = SHA256.HashData(shard.Read(entry.Name).contiguous().bytes);
                return $"{entry.Name} {entry.Dtype} [{string.Join(", ", entry.Shape)}] {Convert.ToHexString(hash)}";
            }));
        return [.. lines.Order(StringComparer.Ordinal)];
    }
}
