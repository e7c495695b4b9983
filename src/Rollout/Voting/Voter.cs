using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;
using R1Reward.Data.Traces;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Rollout.Voting;

/// <summary>Test-time scaling: several sampled judgments of each pair, and their majority.</summary>
/// <param name="engine">Samples the judgments.</param>
/// <param name="encoder">Turns a pair into the prompt of the policy.</param>
/// <param name="options">How many samples, and how they are drawn.</param>
public sealed class Voter(GenerationEngine engine, PromptEncoder encoder, VoteOptions options)
{
    /// <summary>Votes on every pair; one that cannot be shown to the model gets no vote, and the reason.</summary>
    /// <param name="pairs">Pairs with distinct ids.</param>
    /// <param name="onVoted">Called as the last sample of a pair finishes.</param>
    /// <param name="cancellationToken">Looked at between steps.</param>
    /// <exception cref="UserErrorException">
    /// An option is out of range, or a prompt is longer than the engine takes and the encoder does not say so.
    /// </exception>
    public void Vote(
        IEnumerable<PreferencePair> pairs,
        Action<VoteResult> onVoted,
        CancellationToken cancellationToken = default)
    {
        if (options.Samples < 1)
        {
            throw new UserErrorException($"Voting: {options.Samples} samples; at least 1 is needed.");
        }

        var ballots = new Dictionary<string, (Ballot Ballot, bool Exchanged)>();
        var requests = new List<GenerationRequest>();
        foreach (var pair in pairs)
        {
            var ballot = new Ballot(pair, options);
            EncodedPrompt[] prompts =
            [
                .. ballot.Orders.Select(exchanged =>
                    encoder.Encode(exchanged ? pair.Swapped() : pair, cancellationToken)),
            ];
            if (prompts.FirstOrDefault(prompt => prompt.Problem is not null) is { Problem: var problem })
            {
                onVoted(new VoteResult(pair, [], [], options.Ties) { Problem = problem });
                continue;
            }

            for (var order = 0; order < prompts.Length; order++)
            {
                AddRequest(ballot, prompts[order], ballot.Orders[order]);
            }
        }

        engine.Generate(requests, Count, cancellationToken);

        void AddRequest(Ballot ballot, EncodedPrompt prompt, bool exchanged)
        {
            var id = $"{(exchanged ? "vote-exchanged" : "vote")}/{ballot.Pair.Id}";
            ballots.Add(id, (ballot, exchanged));
            requests.Add(new GenerationRequest
            {
                Id = id,
                Pair = ballot.Pair.Id,
                PromptTokens = prompt.Tokens,
                Media = prompt.Media,
                Features = prompt.Features,
                Samples = options.Samples,
                Seed = unchecked((long)CounterRandom.KeyOf(options.Seed, id)),
                Sampling = options.Sampling,
            });
        }

        void Count(Trace trace)
        {
            var id = SampleId.Parse(trace.Id);
            var (ballot, exchanged) = ballots[id.Request];
            ballot.Cast(id.Number, exchanged, trace, encoder.Tags);
            if (ballot.Missing == 0)
            {
                onVoted(ballot.ToResult());
            }
        }
    }

    private sealed class Ballot
    {
        private readonly VoteOptions _options;
        private readonly Trace[] _traces;
        private readonly Judgment[] _judgments;
        private int _cast;

        public Ballot(PreferencePair pair, VoteOptions options)
        {
            Pair = pair;
            Orders = options.Order == CandidateOrder.Both
                ? [false, true]
                : [OrderPolicy.IsExchanged(pair, options.Order, options.Seed)];
            _options = options;
            _traces = new Trace[Orders.Length * options.Samples];
            _judgments = new Judgment[_traces.Length];
        }

        public PreferencePair Pair { get; }

        /// <summary>For each time that the pair is shown whether its responses are exchanged.</summary>
        public bool[] Orders { get; }

        public int Missing => _traces.Length - _cast;

        public void Cast(int sample, bool exchanged, Trace trace, JudgmentTags tags)
        {
            var place = (Array.IndexOf(Orders, exchanged) * _options.Samples) + sample;
            _traces[place] = trace;
            _judgments[place] = JudgmentParser.Parse(tags.ToPublished(trace.Text), _options.Answer);
            _cast++;
        }

        public VoteResult ToResult()
        {
            bool[] exchanged =
                [.. Enumerable.Range(0, _traces.Length).Select(place => Orders[place / _options.Samples])];
            var choices = _judgments.Select((judgment, place) =>
                exchanged[place] ? judgment.Choice.Exchanged() : judgment.Choice);
            return new VoteResult(Pair, [.. choices], [.. _traces], _options.Ties)
            {
                Judgments = [.. _judgments],
                Exchanged = [.. exchanged],
            };
        }
    }
}
