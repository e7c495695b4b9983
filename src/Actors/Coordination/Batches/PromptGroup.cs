using System.Collections.Immutable;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Actors.Coordination.Batches;

/// <summary>One prompt of a batch and its traces, which are scored together because some terms compare them.</summary>
/// <param name="pair">The pair that its traces judge.</param>
/// <param name="index">Its place in the batch, from 0.</param>
/// <param name="tags">The tags that its replies are written in; judges and terms get the published ones.</param>
internal sealed class PromptGroup(PreferencePair pair, int index, JudgmentTags tags)
{
    private JudgedTrace[] _traces = [];

    /// <summary>The pair that its traces judge.</summary>
    public PreferencePair Pair { get; } = pair;

    /// <summary>Index of the prompt in the batch, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>The traces of the prompt by sample number; empty until they are sampled.</summary>
    public IReadOnlyList<JudgedTrace> Traces => _traces;

    /// <summary>Number of verdicts that the judge has not given yet.</summary>
    public int OpenVerdicts { get; private set; }

    /// <summary>Takes in the sampled traces and reads what they say.</summary>
    /// <param name="traces">The traces of the prompt.</param>
    /// <param name="answer">How an answer must be written to count.</param>
    public void AddTraces(IEnumerable<Trace> traces, AnswerReading answer) => _traces =
    [
        .. traces.Select(trace =>
            new JudgedTrace(Pair, Index, trace, JudgmentParser.Parse(tags.ToPublished(trace.Text), answer))),
    ];

    /// <summary>What a sample says, in the published tags.</summary>
    public string ReplyOf(int sample) => tags.ToPublished(_traces[sample].Trace.Text);

    /// <summary>
    /// Samples that a judge can be asked about: only a reply with an analysis and a choice is consistent or not.
    /// </summary>
    public IReadOnlyList<int> AwaitVerdicts()
    {
        var samples = Enumerable.Range(0, _traces.Length)
            .Where(sample => _traces[sample].Judgment.Choice is not null)
            .ToList();
        OpenVerdicts = samples.Count;
        return samples;
    }

    /// <summary>Takes in the verdict on one sample.</summary>
    public void AddVerdict(int sample, JudgeResult result)
    {
        _traces[sample] = _traces[sample] with
        {
            Verdict = result.Verdict,
            JudgeReason = result.Reason,
            JudgeUse = result.Use,
        };
        OpenVerdicts--;
    }

    /// <summary>Takes in the rewards by the terms that do not wait for the whole batch, one for each trace.</summary>
    public void AddRewards(IReadOnlyList<RewardBreakdown> rewards)
    {
        for (var sample = 0; sample < _traces.Length; sample++)
        {
            _traces[sample] = _traces[sample] with { Reward = rewards[sample] };
        }
    }

    /// <summary>Adds the late terms to the rewards and puts all terms into the order of the configuration.</summary>
    public void AddLateTerms(IReadOnlyList<RewardBreakdown> late, ImmutableArray<string> termNames)
    {
        for (var sample = 0; sample < _traces.Length; sample++)
        {
            var reward = _traces[sample].Reward!;
            var terms = reward.Terms.Concat(late[sample].Terms).OrderBy(term => termNames.IndexOf(term.Name));
            _traces[sample] = _traces[sample] with { Reward = reward.WithTerms(terms) };
        }
    }

    /// <summary>The work of scoring its traces, by the late terms or by the others.</summary>
    public ScoreWork ScoreWork(bool evaluation, bool late) =>
        new(Pair, [.. _traces.Select(Judged)], evaluation, late);

    private JudgedReply Judged(JudgedTrace judged, int sample) =>
        new(judged.Trace.Id, ReplyOf(sample), judged.Trace.Tokens.Length, judged.Verdict, judged.JudgeReason);
}
