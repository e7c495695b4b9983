using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Batches;

/// <summary>All traces of one update or one evaluation, collected until every one of them has its reward.</summary>
/// <param name="name">Prefix of its work items, for example <c>step-12</c> or <c>eval-sft</c>.</param>
/// <param name="step">The update it is for; 0 for evaluations.</param>
/// <param name="weights">The weights that sample it.</param>
/// <param name="expected">How many traces belong to it.</param>
public sealed class Sampling(string name, int step, WeightsReference weights, int expected)
{
    private readonly List<Action> _whenSampled = [];
    private readonly SortedDictionary<(int Group, int Index), JudgedTrace> _scored = [];

    /// <summary>Prefix of its work items.</summary>
    public string Name { get; } = name;

    /// <summary>The update it is for; 0 for evaluations.</summary>
    public int Step { get; } = step;

    /// <summary>The weights that sample it.</summary>
    public WeightsReference Weights { get; } = weights;

    /// <summary>How many traces belong to it.</summary>
    public int Expected { get; private set; } = expected;

    /// <summary>Pairs whose prompt could not be shown, with the reasons.</summary>
    public List<string> LeftOut { get; } = [];

    /// <summary>Traces that are in.</summary>
    public int Sampled { get; private set; }

    /// <summary>Traces that have their reward.</summary>
    public int Scored => _scored.Count;

    /// <summary>Whether all traces are in but some rewards are not.</summary>
    public bool Scoring => Sampled == Expected && Scored < Expected;

    /// <summary>Whether it is an evaluation.</summary>
    public bool Evaluation => Step == 0;

    /// <summary>Counts a trace as sampled.</summary>
    public void CountSampled()
    {
        Sampled++;
        GoOnWhenSampled();
    }

    /// <summary>Goes on when all traces are in, at once where they are.</summary>
    public void WhenSampled(Action then)
    {
        if (Sampled == Expected)
        {
            then();
        }
        else
        {
            _whenSampled.Add(then);
        }
    }

    /// <summary>Does without the traces of a pair; true when nothing else is waited for.</summary>
    public bool LeaveOut(int traces, string reason)
    {
        Expected -= traces;
        LeftOut.Add(reason);
        GoOnWhenSampled();
        return Scored == Expected;
    }

    /// <summary>Takes in a scored trace; true when it was the last.</summary>
    public bool Add(int index, JudgedTrace sample)
    {
        _scored.Add((sample.Group, index), sample);
        return Scored == Expected;
    }

    /// <summary>The samples by group and index, whatever the order they came in.</summary>
    public IReadOnlyList<JudgedTrace> Samples => [.. _scored.Values];

    private void GoOnWhenSampled()
    {
        if (Sampled == Expected)
        {
            _whenSampled.ForEach(then => then());
            _whenSampled.Clear();
        }
    }
}
