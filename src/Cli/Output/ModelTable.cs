using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>What <c>model inspect</c> found, for people.</summary>
internal static class ModelTable
{
    private static readonly string[] Plain = ["layers", "hidden-size", "heads", "key-value-heads", "max-positions", "context", "tied-embeddings", "sees", "scores"];

    private static readonly (string Quantity, string Name)[] Memory =
    [
        ("weights", "weights"), ("cache-per-token", "cache per token of a sequence"), ("gradients", "gradients"), ("moments", "AdamW's moments"),
        ("masters", "float32 masters with gradients"), ("training", "training, all weights"), ("training-lora-8", "training, LoRA of rank 8"),
    ];

    public static void Print(JObject found)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders();
        table.AddColumns("", "");
        void Row(string name, string value) => table.AddRow(Markup.Escape(name), Markup.Escape(value));
        Row("folder", (string)found["folder"]!);
        Row("architecture", $"{found["architecture"] ?? "unknown"} ({found["model-type"]})");
        Row("parameters", ((long)found["parameters"]!).ToString("#,0", CultureInfo.InvariantCulture));
        foreach (var name in Plain.Where(found.ContainsKey))
        {
            Row(name, found[name]!.ToString());
        }

        if (found["tower"] is JObject tower)
        {
            Row("tower", $"{tower["layers"]} layers of width {tower["width"]}, {tower["heads"]} heads");
            Row("pictures", string.Create(
                CultureInfo.InvariantCulture,
                $"{(int)found["pictures"]!["min-pixels"]!:#,0} to {(int)found["pictures"]!["max-pixels"]!:#,0} pixels, up to {(int)found["pictures"]!["most-tokens"]!:#,0} tokens"));
        }

        Row("weights", found["shards"] is JArray shards
            ? $"{string.Join(", ", found["dtypes"]!)} in {shards.Count} file{(shards.Count == 1 ? "" : "s")}, {Size(shards.Sum(shard => (long)shard["bytes"]!))}"
            : "none in this folder");
        Row("vocabulary", $"{found["vocabulary"]!["rows"]} rows, tokenizer {(found["vocabulary"]!["tokenizer"] is { Type: JTokenType.Integer } size ? size.ToString() : "none")}");
        Row("generation defaults", (string)found["generation-defaults"]!);
        if (found["adapter"] is JObject adapter)
        {
            Row("adapter", $"{adapter["folder"]}: {adapter["parameters"]} parameters, rank {adapter["rank"]}, alpha {adapter["alpha"]}, {adapter["target-modules"]!.ToString(Formatting.None)}");
        }

        AnsiConsole.Write(table);
        var memory = new Table().Border(TableBorder.Rounded).Title("memory, activations left out");
        var formats = ((JObject)found["memory"]!).Properties().ToList();
        memory.AddColumns(["", .. formats.Select(format => format.Name)]);
        foreach (var (quantity, name) in Memory)
        {
            string[] cells = [.. formats.Select(format => Size((long)format.Value[quantity]!))];
            memory.AddRow([name, .. cells]);
        }

        AnsiConsole.Write(memory);
    }

    private static string Size(long bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.0} KiB"),
    };
}
