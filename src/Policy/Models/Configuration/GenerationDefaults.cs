using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// What <c>generation_config.json</c> beside a checkpoint proposes; null where it is silent. Its stop tokens always
/// count. The rest is used only by those who ask for it: published checkpoints propose a repetition penalty and top-k
/// 20, under which a policy is not sampled as it is.
/// </summary>
/// <example>
/// Qwen2.5-Instruct: sampling, temperature 0.7, top-k 20, top-p 0.8, repetition penalty 1.05, two stop tokens.
/// </example>
public sealed record GenerationDefaults
{
    private const string FileName = "generation_config.json";

    /// <summary>Whether tokens are drawn; false: always the most likely one.</summary>
    public bool? Samples { get; init; }

    /// <summary>What the logits are divided by.</summary>
    public double? Temperature { get; init; }

    /// <summary>Number of most likely tokens kept; 0: all.</summary>
    public int? TopK { get; init; }

    /// <summary>Probability that the most likely tokens are kept up to.</summary>
    public double? TopP { get; init; }

    /// <summary>Minimum probability of a kept token, as a share of that of the most likely one.</summary>
    public double? MinP { get; init; }

    /// <summary>Penalty on tokens that are there already.</summary>
    public double? RepetitionPenalty { get; init; }

    /// <summary>Ids that end the output; empty where none are named.</summary>
    public IReadOnlyList<int> StopTokens { get; init; } = [];

    /// <summary>
    /// What else is proposed and not computed here, each as <c>num_beams 4</c>; refused where proposals are used.
    /// </summary>
    public IReadOnlyList<string> NotComputed { get; init; } = [];

    /// <summary>Reads the file of a model folder; where it is missing nothing is proposed.</summary>
    /// <exception cref="UserErrorException">It is there and is no JSON of this kind.</exception>
    public static GenerationDefaults Load(string directory)
    {
        var path = Path.Combine(directory, FileName);
        if (!File.Exists(path))
        {
            return new GenerationDefaults();
        }

        try
        {
            return GenerationDefaultsReader.Parse(JObject.Parse(RegularFile.ReadText(path)), path);
        }
        catch (JsonException broken)
        {
            throw new UserErrorException($"{path} cannot be read: {broken.Message} Correct it, or delete it.", broken);
        }
    }

    /// <summary>Refuses stop tokens that the model cannot write.</summary>
    /// <exception cref="UserErrorException">There is one.</exception>
    internal void RequireTokensWithin(int vocabularySize, string directory)
    {
        if (StopTokens.Any(id => id >= vocabularySize))
        {
            throw new UserErrorException(
                $"{Path.Combine(directory, FileName)}: eos_token_id {string.Join(", ", StopTokens)} must be below "
                + $"vocab_size {vocabularySize} of config.json. Correct it, or delete the file.");
        }
    }

    /// <summary>Refuses proposals that are to be used and are not computed.</summary>
    /// <exception cref="UserErrorException">There are some.</exception>
    public void RequireComputed()
    {
        if (NotComputed.Count > 0)
        {
            throw new UserErrorException(
                $"{FileName} of the checkpoint asks for {string.Join(", ", NotComputed)}, which is not computed: "
                + "set r1reward.rollout.checkpoint-defaults = off, or delete it from the file.");
        }
    }

    /// <summary>Whether anything is proposed beyond stop tokens.</summary>
    public bool ProposesSampling => Stated.Count > 0 || NotComputed.Count > 0;

    private List<string> Stated
    {
        get
        {
            (string Name, double? Value)[] all =
            [
                ("temperature", Temperature),
                ("top-k", TopK),
                ("top-p", TopP),
                ("min-p", MinP),
                ("repetition-penalty", RepetitionPenalty),
            ];
            string[] sampling = Samples == false ? ["no sampling"] : [];
            var stated = all.Where(setting => setting.Value is not null)
                .Select(setting => string.Create(CultureInfo.InvariantCulture, $"{setting.Name} {setting.Value}"));
            return [.. sampling, .. stated, .. NotComputed.Select(proposal => $"{proposal} (not computed)")];
        }
    }

    /// <summary>
    /// What is proposed, for a line of a log: <c>temperature 0.7, top-k 20</c>; <c>nothing</c> where nothing is.
    /// </summary>
    public override string ToString() => ProposesSampling ? string.Join(", ", Stated) : "nothing";
}
