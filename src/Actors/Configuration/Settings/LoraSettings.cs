using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Adapters;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>Reads the keys under <c>r1reward.model.lora</c>.</summary>
internal static class LoraSettings
{
    private const string Section = "r1reward.model.lora.";

    /// <summary>The adapter to train; null where it is off.</summary>
    public static LoraConfig? Read(SettingsReader reader)
    {
        var enabled = reader.Flag(Section + "enabled");
        var excluded = reader.List(Section + "exclude-modules");
        var config = new LoraConfig
        {
            Rank = reader.Whole(Section + "rank", 1),
            Alpha = reader.Number(Section + "alpha", 1e-6),
            IsRankStabilized = reader.Flag(Section + "rslora"),
            Dropout = reader.Number(Section + "dropout", 0, 0.9),
            Targets = Targets(reader),
            Excluded = excluded.Count == 0 ? null : new ModuleSelection(excluded),
            RankPattern = Patterns<int>(reader, "rank-pattern", RankOf),
            AlphaPattern = Patterns<double>(reader, "alpha-pattern", AlphaOf),
            ModulesToSave = reader.List(Section + "modules-to-save"),
            Bias = reader.OneOf<LoraBias>(Section + "bias"),
        };
        return enabled ? config : null;
    }

    private static int? RankOf(string text)
    {
        var read = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rank);
        return read && rank > 0 ? rank : null;
    }

    private static double? AlphaOf(string text)
    {
        var read = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var alpha);
        return read && alpha > 0 ? alpha : null;
    }

    private static ModuleSelection Targets(SettingsReader reader)
    {
        const string key = Section + "target-modules";
        try
        {
            var text = reader.Text(key);
            return ModuleSelection.Parse(text.Length > 0 ? text : new JArray(reader.List(key)), key);
        }
        catch (UserErrorException wrong)
        {
            reader.Refuse(key, wrong.Message);
            return new([]);
        }
    }

    private static IReadOnlyList<(string Pattern, T Value)> Patterns<T>(
        SettingsReader reader, string name, Func<string, T?> parse)
        where T : struct
    {
        var read = new List<(string, T)>();
        foreach (var written in reader.List(Section + name))
        {
            var cut = written.LastIndexOf('=');
            if (cut > 0 && parse(written[(cut + 1)..]) is { } value)
            {
                read.Add((written[..cut], value));
            }
            else
            {
                reader.Refuse(Section + name, $"{written}: write \"REGEX=NUMBER\" with a number above 0");
            }
        }

        return read;
    }
}
