using System.Globalization;
using System.Text.RegularExpressions;

namespace R1Reward.Actors.Protocol;

/// <summary>Names one work item, unique within a run: what is done, and to which batch, prompt and sample.</summary>
/// <remarks>
/// Ids are made, written and read here only. Their text travels in messages and begins the ids of traces.
/// </remarks>
/// <example>
/// <c>sft</c>, <c>srm</c>, <c>step-12/rollout/17</c>, <c>step-12/judge/17.3</c> (sample 3 of prompt 17),
/// <c>eval-rl/score/0</c>, <c>step-12/late/17</c>, <c>step-12/learn</c>,
/// <c>step-12/save</c>.
/// </example>
internal readonly partial record struct WorkId
{
    private const string ColdStartText = "sft";
    private const string ScalarText = "srm";

    private static readonly Dictionary<WorkStage, string> Words = new()
    {
        [WorkStage.Rollout] = "rollout",
        [WorkStage.Judge] = "judge",
        [WorkStage.Score] = "score",
        [WorkStage.LateScore] = "late",
        [WorkStage.Learn] = "learn",
        [WorkStage.Save] = "save",
    };

    private WorkId(WorkStage stage, BatchId batch, int prompt = 0, int sample = 0)
    {
        Stage = stage;
        Batch = batch;
        Prompt = prompt;
        Sample = sample;
    }

    /// <summary>The cold start, of which a run has one.</summary>
    public static WorkId ColdStart => default;

    /// <summary>The training of a scalar reward model, of which a run has one.</summary>
    public static WorkId Scalar { get; } = new(WorkStage.Scalar, default);

    /// <summary>What the item does.</summary>
    public WorkStage Stage { get; }

    /// <summary>The batch that it belongs to; without meaning for the cold start and scalar models.</summary>
    public BatchId Batch { get; }

    /// <summary>Which prompt of the batch, from 0; 0 for an update.</summary>
    public int Prompt { get; }

    /// <summary>Which sample of the prompt, from 0; 0 where the item concerns all of them.</summary>
    public int Sample { get; }

    /// <summary>Sampling the traces of one prompt.</summary>
    public static WorkId Rollout(BatchId batch, int prompt) => new(WorkStage.Rollout, batch, prompt);

    /// <summary>The judge's verdict on one trace.</summary>
    public static WorkId Judge(BatchId batch, int prompt, int sample) => new(WorkStage.Judge, batch, prompt, sample);

    /// <summary>The rewards of one prompt's traces.</summary>
    public static WorkId Score(BatchId batch, int prompt) => new(WorkStage.Score, batch, prompt);

    /// <summary>The terms of one prompt's traces that wait for the whole batch.</summary>
    public static WorkId LateScore(BatchId batch, int prompt) => new(WorkStage.LateScore, batch, prompt);

    /// <summary>The update that learns from a batch.</summary>
    public static WorkId Learn(BatchId batch) => new(WorkStage.Learn, batch);

    /// <summary>The checkpoint of an update that was made without one.</summary>
    public static WorkId Save(BatchId batch) => new(WorkStage.Save, batch);

    /// <summary>Reads what <see cref="ToString"/> has written.</summary>
    /// <exception cref="FormatException">The text is no id of this form.</exception>
    public static WorkId Parse(string text)
    {
        if (text == ColdStartText)
        {
            return ColdStart;
        }

        if (text == ScalarText)
        {
            return Scalar;
        }

        if (Form().Match(text) is { Success: true } match)
        {
            var stage = Words.Single(word => word.Value == match.Groups["stage"].Value).Key;
            var batch = BatchId.Parse(match.Groups["batch"].Value);
            var id = new WorkId(stage, batch, NumberOf(match, "prompt"), NumberOf(match, "sample"));
            if (id.ToString() == text)
            {
                return id;
            }
        }

        throw new FormatException($"'{text}' names no work item; expected for example step-12/rollout/17");
    }

    /// <summary>The id as it is written in messages and in the ids of traces.</summary>
    public override string ToString() => Stage switch
    {
        WorkStage.ColdStart => ColdStartText,
        WorkStage.Scalar => ScalarText,
        WorkStage.Judge => $"{Batch}/{Words[Stage]}/{Prompt}.{Sample}",
        WorkStage.Learn or WorkStage.Save => $"{Batch}/{Words[Stage]}",
        _ => $"{Batch}/{Words[Stage]}/{Prompt}",
    };

    private static int NumberOf(Match match, string group)
    {
        var digits = match.Groups[group];
        return digits.Success ? int.Parse(digits.Value, CultureInfo.InvariantCulture) : 0;
    }

    [GeneratedRegex(
        @"^(?<batch>(step|eval)-[^/]+)/(?<stage>rollout|judge|score|late|learn|save)"
        + @"(/(?<prompt>[0-9]{1,9})(\.(?<sample>[0-9]{1,9}))?)?$")]
    private static partial Regex Form();
}
