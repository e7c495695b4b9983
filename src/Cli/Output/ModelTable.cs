using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>What <c>model inspect</c> found, for people.</summary>
internal static class ModelTable
{
    // Quantities that need no words beside their names.
    private static readonly string[] Plain =
    [
        "layers",
        "hidden-size",
        "heads",
        "key-value-heads",
        "max-positions",
        "context",
        "tied-embeddings",
        "sees",
    ];

    private static readonly (string Quantity, string Title)[] Memory =
    [
        ("weights", "weights"),
        ("cache-per-token", "cache per token of a sequence"),
        ("gradients", "gradients"),
        ("moments", "AdamW's moments"),
        ("masters", "float32 masters with gradients"),
        ("training", "training, all weights"),
        ("training-lora-8", "training, LoRA of rank 8"),
        ("activations", "activations of 4,096 tokens on CUDA"),
        ("activations-checkpointed", "the same, gradient checkpointing"),
    ];

    private static readonly string[] OfRank = ["weights", "gradients", "moments", "masters", "training"];

    /// <summary>Prints what was found: the model, and the memory that it takes in each number format.</summary>
    public static void Print(JObject found)
    {
        PrintModel(found);
        PrintMemory((JObject)found["memory"]!);
    }

    private static void PrintModel(JObject found)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders();
        table.AddColumns("", "");
        void Row(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
        Row("folder", (string)found["folder"]!);
        Row("architecture", $"{found["architecture"] ?? "unknown"} ({found["model-type"]})");
        Row("parameters", Whole(found["parameters"]!));
        foreach (var name in Plain.Where(found.ContainsKey))
        {
            Row(name, found[name]!.ToString());
        }

        if (found["scalar"] is JObject scalar)
        {
            Row(
                "scores",
                $"{string.Join(", ", scalar["heads"]!)}: {scalar["head"]} heads, {scalar["pooling"]} pooling of the "
                + $"states after block {scalar["states-after-block"]}, {Whole(scalar["parameters"]!)} parameters");
        }

        if (found["tower"] is JObject tower)
        {
            var pictures = found["pictures"]!;
            Row("tower", $"{tower["layers"]} layers of width {tower["width"]}, {tower["heads"]} heads");
            Row(
                "pictures",
                $"{Whole(pictures["min-pixels"]!)} to {Whole(pictures["max-pixels"]!)} pixels, "
                + $"up to {Whole(pictures["most-tokens"]!)} tokens");
        }

        if (found["audio-tower"] is JObject ears)
        {
            var sounds = found["sounds"]!;
            Row("audio tower", $"{ears["layers"]} layers of width {ears["width"]}, {ears["heads"]} heads");
            Row("sounds", $"up to {sounds["longest-seconds"]} s, up to {Whole(sounds["most-tokens"]!)} tokens");
        }

        Row("weights", Weights((JArray)found["shards"]!, found["dtypes"]!));
        Row("vocabulary", Vocabulary(found["vocabulary"]!));
        Row("generation defaults", (string)found["generation-defaults"]!);
        if (found["unknown-keys"] is JArray unknown)
        {
            Row("not known", $"{string.Join(", ", unknown)} in config.json: not followed");
        }

        if (found["adapter"] is JObject adapter)
        {
            var modules = adapter["target-modules"]!.ToString(Formatting.None);
            Row(
                "adapter",
                $"{adapter["folder"]}: {adapter["parameters"]} parameters, rank {adapter["rank"]}, "
                + $"alpha {adapter["alpha"]}, {modules}");
        }

        AnsiConsole.Write(table);
    }

    private static void PrintMemory(JObject memory)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("memory");
        var formats = memory.Properties().ToList();
        table.AddColumns(["", .. formats.Select(format => format.Name)]);
        foreach (var (quantity, title) in Memory)
        {
            var sizes = formats.Select(format => Size((long)format.Value[quantity]!));
            table.AddRow([title, .. sizes]);
        }

        AnsiConsole.Write(table);
        if (memory["bfloat16"]!["sharded"] is not null)
        {
            PrintShares(formats);
        }
    }

    private static void PrintShares(List<JProperty> formats)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("memory of each rank, all weights trained");
        table.AddColumns(["sharding", .. OfRank]);
        foreach (var format in formats)
        {
            foreach (var sharding in ((JObject)format.Value["sharded"]!).Properties())
            {
                table.AddRow(
                [
                    $"{format.Name}, {sharding.Name}",
                    .. OfRank.Select(quantity => Size((long)sharding.Value[quantity]!)),
                ]);
            }
        }

        AnsiConsole.Write(table);
    }

    private static string Weights(JArray shards, JToken dtypes)
    {
        var files = shards.Count == 1 ? "1 file" : $"{shards.Count} files";
        var bytes = shards.Sum(shard => (long)shard["bytes"]!);
        return $"{string.Join(", ", dtypes)} in {files}, {Size(bytes)}";
    }

    private static string Vocabulary(JToken vocabulary)
    {
        var tokenizer = vocabulary["tokenizer"] is { Type: JTokenType.Integer } size ? size.ToString() : "none";
        return $"{vocabulary["rows"]} rows, tokenizer {tokenizer}";
    }

    private static string Whole(JToken number) => ((long)number).ToString("#,0", CultureInfo.InvariantCulture);

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
    };
}
