using System.Globalization;

namespace R1Reward.Actors.Protocol;

/// <summary>Names the traces that are collected together: those of one update, or those of one evaluation.</summary>
/// <example><c>step-12</c> is the batch of update 12, <c>eval-rl</c> that of the evaluation <c>rl</c>.</example>
internal readonly record struct BatchId
{
    private const string StepPrefix = "step-";
    private const string EvaluationPrefix = "eval-";

    private BatchId(int step, string? evaluation)
    {
        Step = step;
        Evaluation = evaluation;
    }

    /// <summary>The update, from 1; 0 for an evaluation.</summary>
    public int Step { get; }

    /// <summary>The evaluation's name; null for an update.</summary>
    public string? Evaluation { get; }

    /// <summary>Whether its traces are for judging the policy only and nothing is learned from them.</summary>
    public bool IsEvaluation => Evaluation is not null;

    /// <summary>The batch of an update.</summary>
    /// <param name="step">The update, from 1.</param>
    public static BatchId ForStep(int step) => new(step, null);

    /// <summary>The batch of an evaluation.</summary>
    /// <param name="name">Its name, for example <c>sft</c> or <c>step-10</c>.</param>
    public static BatchId ForEvaluation(string name) => new(0, name);

    /// <summary>Reads what <see cref="ToString"/> has written.</summary>
    /// <exception cref="FormatException">The text names neither an update nor an evaluation.</exception>
    public static BatchId Parse(string text)
    {
        if (text.StartsWith(EvaluationPrefix, StringComparison.Ordinal))
        {
            return ForEvaluation(text[EvaluationPrefix.Length..]);
        }

        if (text.StartsWith(StepPrefix, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(StepPrefix.Length), CultureInfo.InvariantCulture, out var step))
        {
            return ForStep(step);
        }

        throw new FormatException($"'{text}' names no batch; expected {StepPrefix}N or {EvaluationPrefix}NAME");
    }

    /// <summary>The batch as it is written in work ids, traces.jsonl and the log.</summary>
    public override string ToString() => IsEvaluation ? EvaluationPrefix + Evaluation : $"{StepPrefix}{Step}";
}
