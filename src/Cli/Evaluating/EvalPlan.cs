using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Running;
using R1Reward.Data.Formats;
using R1Reward.Data.Options;
using R1Reward.Rollout.Voting;
using static TorchSharp.torch;

namespace R1Reward.Cli.Evaluating;

/// <summary>Which pairs are evaluated.</summary>
/// <param name="Suite">Name of the suite.</param>
/// <param name="Data">Its file; null for pairs that the program makes.</param>
/// <param name="Pairs">How many of its first pairs; 0 for all.</param>
/// <param name="Shown">How scenes are shown.</param>
/// <param name="Seed">The seed of scenes, order and samples.</param>
internal sealed record EvalPlan(string Suite, string? Data, int Pairs, string Shown, long Seed)
{
    /// <summary>How the rows of the file are read; null: as the suite's publishers write them.</summary>
    public PairFormat? Format { get; init; }

    /// <summary>Into how many chunks of consecutive pairs they are divided, one of which is judged.</summary>
    public int Chunks { get; init; } = 1;

    /// <summary>Which chunk is judged, from 0.</summary>
    public int Chunk { get; init; }

    /// <summary>
    /// What results depend on, as evaluation.json has it: an evaluation goes on only where all of it is the same.
    /// </summary>
    /// <param name="options">The model, and what becomes of pictures and control tokens.</param>
    /// <param name="dtype">The number format that its weights have.</param>
    public JObject Condition(JudgeModelOptions options, ScalarType dtype)
    {
        var condition = new JObject
        {
            ["suite"] = Suite,
            ["data"] = Data is null ? null : Path.GetFullPath(Data),
            ["pairs"] = Pairs,
            ["seed"] = Seed,
            ["model"] = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.Model)),
            ["dtype"] = dtype.ToString().ToLowerInvariant(),
            ["untrusted-text"] = EnumNames.Dashed(options.Untrusted),
            ["max-pixels"] = options.MaxPixels,
            ["format"] = Format is { } format ? EnumNames.Dashed(format) : null,
        };
        if (Chunks > 1)
        {
            condition["chunk"] = $"{Chunk} of {Chunks}";
        }

        if (Data is null)
        {
            condition["as"] = Shown;
        }

        return condition;
    }

    /// <summary>The same for a judge that votes.</summary>
    /// <param name="options">As above.</param>
    /// <param name="dtype">As above.</param>
    /// <param name="template">Id of the template in whose words pairs are shown.</param>
    /// <param name="votes">How votes are drawn and read.</param>
    public JObject Condition(JudgeModelOptions options, ScalarType dtype, string template, VoteOptions votes)
    {
        var condition = Condition(options, dtype);
        condition["adapter"] = options.Adapter is { } adapter ? Path.GetFullPath(adapter) : null;
        condition["template"] = template;
        condition["order"] = EnumNames.Dashed(votes.Order);
        condition["answer"] = EnumNames.Dashed(votes.Answer);
        condition["ties"] = EnumNames.Dashed(votes.Ties);
        condition["k"] = votes.Samples;
        condition["temperature"] = votes.Sampling.Temperature;
        condition["max-new-tokens"] = votes.Sampling.MaxNewTokens;
        return condition;
    }

    /// <summary>The part of a condition that people look for under a table.</summary>
    public static string Describe(JObject condition) => condition["k"] is null
        ? $"scores of {condition["model"]}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"sampling: temperature {condition["temperature"]}, top-p 1, top-k off, {condition["k"]} samples per pair; "
            + $"order {condition["order"]}, ties {condition["ties"]}, answers {condition["answer"]}; "
            + $"template {condition["template"]}");
}
