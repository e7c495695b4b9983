using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Adapters;

/// <summary>Reads and writes <c>adapter_config.json</c> as PEFT lays it out.</summary>
internal static class LoraConfigFile
{
    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="UserErrorException">
    /// It is missing or broken, or asks for what this program does not compute.
    /// </exception>
    internal static LoraConfig Load(string directory)
    {
        var path = Path.Combine(directory, LoraConfig.FileName);
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{directory} is no adapter folder: {LoraConfig.FileName} is missing");
        }

        try
        {
            var json = JObject.Parse(RegularFile.ReadText(path));
            Refuse(json, path);
            return Parse(json, path);
        }
        catch (Exception broken) when (broken
            is JsonException or FormatException or ArgumentException or InvalidCastException
                or InvalidOperationException or OverflowException)
        {
            throw new UserErrorException($"{path} cannot be read: {broken.Message.Split('\n')[0]}", broken);
        }
    }

    /// <summary>Writes the file of a folder, over the keys that were read.</summary>
    internal static void Save(LoraConfig config, string directory) => AtomicFile.Write(
        Path.Combine(directory, LoraConfig.FileName),
        ToJson(config).ToString(Formatting.Indented) + "\n");

    private static void Refuse(JObject json, string path)
    {
        if (json["peft_type"] is not JValue { Value: "LORA" })
        {
            var type = json["peft_type"] ?? "(none)";
            throw new UserErrorException($"{path}: peft_type {type} is not known; this program computes LORA");
        }

        var refused = LoraConfigKeys.Refusals(json).ToList();
        if (refused.Count > 0)
        {
            throw new UserErrorException($"{path}: {string.Join("; ", refused)}");
        }
    }

    private static LoraConfig Parse(JObject json, string path)
    {
        var problems = new List<string>();
        var file = new ConfigSection(json, problems);
        var config = new LoraConfig
        {
            Rank = file.Size("r", max: int.MaxValue),
            Alpha = file.Number("lora_alpha") ?? 8,
            IsRankStabilized = file.Flag("use_rslora") ?? false,
            Dropout = file.Number("lora_dropout") ?? 0,
            Targets = ModuleSelection.Parse(json["target_modules"], $"{path}: target_modules"),
            Excluded = ForeignValue.IsOn(json["exclude_modules"])
                ? ModuleSelection.Parse(json["exclude_modules"], $"{path}: exclude_modules")
                : null,
            RankPattern = Patterns(file, "rank_pattern", path, (ranks, pattern) => ranks.Size(pattern)),
            AlphaPattern = Patterns(file, "alpha_pattern", path, (alphas, pattern) => alphas.Number(pattern)
                ?? throw new UserErrorException($"{path}: alpha_pattern.{pattern} must be a finite number")),
            ModulesToSave = ForeignValue.IsOn(json["modules_to_save"])
                ? ModuleSelection.ParseNames(json["modules_to_save"], $"{path}: modules_to_save")
                : [],
            Bias = file.Text("bias") switch
            {
                null or "none" => LoraBias.None,
                "lora_only" => LoraBias.LoraOnly,
                "all" => LoraBias.All,
                var other =>
                    throw new UserErrorException($"{path}: bias {other} is not known; write none, lora_only or all"),
            },
            BaseModel = file.Text("base_model_name_or_path") ?? "",
            Source = json,
        };
        if (config.Dropout is < 0 or >= 1)
        {
            problems.Add($"lora_dropout must be from 0 to below 1 but is {ForeignValue.Shown(json["lora_dropout"]!)}");
        }

        return problems.Count == 0 ? config : throw new UserErrorException($"{path}: {string.Join("; ", problems)}");
    }

    private static List<(string Pattern, T Value)> Patterns<T>(
        ConfigSection file,
        string key,
        string path,
        Func<ConfigSection, string, T> value) => file.Section(key) is { } patterns
        ?
        [
            .. patterns.Json.Properties().Select(entry =>
                (ModuleSelection.CheckPattern(entry.Name, $"{path}: {key}"), value(patterns, entry.Name))),
        ]
        : [];

    private static JObject ToJson(LoraConfig config)
    {
        var json = config.Source is null ? Fresh() : (JObject)config.Source.DeepClone();
        json["peft_type"] = "LORA";
        json["base_model_name_or_path"] = config.BaseModel;
        json["r"] = config.Rank;
        json["lora_alpha"] = Number(config.Alpha);
        json["use_rslora"] = config.IsRankStabilized;
        json["lora_dropout"] = config.Dropout;
        json["target_modules"] = config.Targets.ToJson();
        json["exclude_modules"] = config.Excluded?.ToJson();
        json["rank_pattern"] = new JObject(config.RankPattern.Select(rank => new JProperty(rank.Pattern, rank.Value)));
        json["alpha_pattern"] =
            new JObject(config.AlphaPattern.Select(alpha => new JProperty(alpha.Pattern, Number(alpha.Value))));
        json["modules_to_save"] = config.ModulesToSave.Count == 0 ? null : new JArray(config.ModulesToSave);
        json["bias"] = config.Bias switch
        {
            LoraBias.None => "none",
            LoraBias.LoraOnly => "lora_only",
            _ => "all",
        };
        return json;
    }

    private static JObject Fresh() => new()
    {
        ["task_type"] = "CAUSAL_LM",
        ["inference_mode"] = true,
        ["init_lora_weights"] = true,
    };

    // PEFT writes alphas as whole numbers where they are.
    private static JValue Number(double value) => value % 1 == 0 ? new((long)value) : new(value);
}
