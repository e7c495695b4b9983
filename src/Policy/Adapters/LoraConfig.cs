using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;

namespace R1Reward.Policy.Adapters;

/// <summary>
/// Low-rank adaptation (Hu et al. 2021): y = W x + b + scaling B (A x) with A of r rows; the settings as PEFT keeps them
/// in <c>adapter_config.json</c>.
/// </summary>
public sealed record LoraConfig
{
    internal const string FileName = "adapter_config.json";

    // What changes the numbers and is not computed here; off or empty it may be there.
    private static readonly string[] NotComputed =
    [
        "use_dora", "use_qalora", "use_bdlora", "fan_in_fan_out", "lora_bias", "layers_to_transform", "layer_replication", "target_parameters",
        "trainable_token_indices", "alora_invocation_tokens", "arrow_config", "monteclora_config", "velora_config", "kasa_config",
    ];

    /// <summary>Rows of A.</summary>
    public int Rank { get; init; } = 8;

    /// <summary>Scaling is this over the rank, or over its root.</summary>
    public double Alpha { get; init; } = 16;

    /// <summary>Whether scaling divides by the root of the rank (Kalajdzievski 2023) instead of the rank.</summary>
    public bool IsRankStabilized { get; init; }

    /// <summary>Share of the inputs of A that a training step leaves out.</summary>
    public double Dropout { get; init; }

    /// <summary>The layers that are adapted.</summary>
    public ModuleSelection Targets { get; init; } = new([], null, true);

    /// <summary>Layers that are not, although <see cref="Targets"/> names them.</summary>
    public ModuleSelection? Excluded { get; init; }

    /// <summary>Other ranks for layers whose name ends as a regular expression says; the first that fits counts.</summary>
    public IReadOnlyList<(string Pattern, int Value)> RankPattern { get; init; } = [];

    /// <summary>Other alphas, likewise.</summary>
    public IReadOnlyList<(string Pattern, double Value)> AlphaPattern { get; init; } = [];

    /// <summary>Linear layers that are trained whole, by the last parts of their names.</summary>
    public IReadOnlyList<string> ModulesToSave { get; init; } = [];

    /// <summary>Biases that are trained.</summary>
    public LoraBias Bias { get; init; }

    /// <summary>The model that the adapter belongs to: a folder or a name on the Hub.</summary>
    public string BaseModel { get; init; } = "";

    /// <summary>The file as it was read, so that keys this program does not use survive a save; null for a fresh adapter.</summary>
    public JObject? Source { get; init; }

    /// <summary>Whether a folder holds an adapter.</summary>
    public static bool IsIn(string directory) => File.Exists(Path.Combine(directory, FileName));

    /// <summary>Reads <c>adapter_config.json</c>.</summary>
    /// <exception cref="UserErrorException">It is missing or broken, or asks for what this program does not compute.</exception>
    public static LoraConfig Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{directory} is no adapter folder: {FileName} is missing");
        }

        try
        {
            return Parse(JObject.Parse(File.ReadAllText(path)), path);
        }
        catch (Exception broken) when (broken is JsonException or FormatException or ArgumentException or InvalidCastException or OverflowException)
        {
            throw new UserErrorException($"{path} cannot be read: {broken.Message.Split('\n')[0]}", broken);
        }
    }

    /// <summary>Alpha over the rank or its root.</summary>
    public double Scaling(int rank, double alpha) => alpha / (IsRankStabilized ? Math.Sqrt(rank) : rank);

    /// <summary>Writes <c>adapter_config.json</c>.</summary>
    public void Save(string directory) => AtomicFile.Write(Path.Combine(directory, FileName), ToJson().ToString(Formatting.Indented) + "\n");

    private static LoraConfig Parse(JObject json, string path)
    {
        if ((string?)json["peft_type"] is not "LORA")
        {
            throw new UserErrorException($"{path}: peft_type {json["peft_type"] ?? "(none)"} is not known; this program computes LORA");
        }

        if (NotComputed.Where(key => IsOn(json[key])).ToList() is { Count: > 0 } refused)
        {
            throw new UserErrorException($"{path}: {string.Join(", ", refused)} {(refused.Count == 1 ? "is" : "are")} not computed");
        }

        return new LoraConfig
        {
            Rank = (int?)json["r"] is { } rank and > 0 ? rank : throw new UserErrorException($"{path}: r must be a positive whole number"),
            Alpha = (double?)json["lora_alpha"] ?? 8,
            IsRankStabilized = (bool?)json["use_rslora"] ?? false,
            Dropout = (double?)json["lora_dropout"] ?? 0,
            Targets = ModuleSelection.Parse(json["target_modules"], $"{path}: target_modules"),
            Excluded = IsOn(json["exclude_modules"]) ? ModuleSelection.Parse(json["exclude_modules"], $"{path}: exclude_modules") : null,
            RankPattern = [.. Patterns<int>(json, "rank_pattern", path)],
            AlphaPattern = [.. Patterns<double>(json, "alpha_pattern", path)],
            ModulesToSave = json["modules_to_save"]?.ToObject<string[]>() ?? [],
            Bias = (string?)json["bias"] switch
            {
                null or "none" => LoraBias.None,
                "lora_only" => LoraBias.LoraOnly,
                "all" => LoraBias.All,
                var other => throw new UserErrorException($"{path}: bias {other} is not known; write none, lora_only or all"),
            },
            BaseModel = (string?)json["base_model_name_or_path"] ?? "",
            Source = json,
        };
    }

    private static IEnumerable<(string Pattern, T Value)> Patterns<T>(JObject json, string key, string path) =>
        (json[key] as JObject)?.Properties().Select(property => (ModuleSelection.Checked(property.Name, $"{path}: {key}"), property.Value.ToObject<T>()!)) ?? [];

    private static bool IsOn(JToken? value) => value switch
    {
        null or { Type: JTokenType.Null } => false,
        JContainer container => container.HasValues,
        { Type: JTokenType.Boolean } flag => (bool)flag,
        _ => true,
    };

    // PEFT writes alphas as whole numbers where they are.
    private static JValue Number(double value) => value % 1 == 0 ? new((long)value) : new(value);

    private JObject ToJson()
    {
        var json = Source is null ? new JObject { ["task_type"] = "CAUSAL_LM", ["inference_mode"] = true, ["init_lora_weights"] = true } : (JObject)Source.DeepClone();
        json["peft_type"] = "LORA";
        json["base_model_name_or_path"] = BaseModel;
        json["r"] = Rank;
        json["lora_alpha"] = Number(Alpha);
        json["use_rslora"] = IsRankStabilized;
        json["lora_dropout"] = Dropout;
        json["target_modules"] = Targets.ToJson();
        json["exclude_modules"] = Excluded?.ToJson();
        json["rank_pattern"] = new JObject(RankPattern.Select(one => new JProperty(one.Pattern, one.Value)));
        json["alpha_pattern"] = new JObject(AlphaPattern.Select(one => new JProperty(one.Pattern, Number(one.Value))));
        json["modules_to_save"] = ModulesToSave.Count == 0 ? null : new JArray(ModulesToSave);
        json["bias"] = Bias switch { LoraBias.None => "none", LoraBias.LoraOnly => "lora_only", _ => "all" };
        return json;
    }
}
