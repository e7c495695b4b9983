using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Randomness;
using R1Reward.Data.Traces;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Rollout.Voting;

/// <summary>Test-time scaling: several sampled judgments of each pair, and what most of them say.</summary>
/// <param name="engine">Samples the judgments.</param>
/// <param name="encoder">Puts a pair to the judge.</param>
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
                encoder.Encode(pair, cancellationToken),
                .. options.BothOrders ? [encoder.Encode(pair.Swapped(), cancellationToken)] : (EncodedPrompt[])[],
            ];
            if (prompts.FirstOrDefault(prompt => prompt.Problem is not null) is { Problem: var problem })
            {
                onVoted(new VoteResult(pair, [], [], options.Ties) { Problem = problem });
                continue;
            }

            for (var order = 0; order < prompts.Length; order++)
            {
                AddRequest(ballot, prompts[order], exchanged: order == 1);
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
                Patches = prompt.Patches,
                Samples = options.Samples,
                Seed = unchecked((long)CounterRandom.KeyOf(options.Seed, id)),
                Sampling = options.Sampling,
            });
        }

        void Count(Trace trace)
        {
            var id = SampleId.Parse(trace.Id);
            var (ballot, exchanged) = ballots[id.Request];
            ballot.Cast(id.Number, exchanged, trace);
            if (ballot.Missing == 0)
            {
                onVoted(ballot.ToResult());
            }
        }
    }

    private sealed class Ballot(PreferencePair pair, VoteOptions options)
    {
        private readonly Trace[] _traces = new Trace[options.BothOrders ? 2 * options.Samples : options.Samples];
        private readonly Choice?[] _choices = new Choice?[options.BothOrders ? 2 * options.Samples : options.Samples];
        private int _cast;

        public PreferencePair Pair => pair;

        public int Missing => _traces.Length - _cast;

        public void Cast(int sample, bool exchanged, Trace trace)
        {
            var choice = JudgmentParser.Parse(trace.Text).Choice;
            var place = exchanged ? options.Samples + sample : sample;
            _traces[place] = trace;
            _choices[place] = exchanged ? Exchange(choice) : choice;
            _cast++;
        }

        public VoteResult ToResult() => new(pair, [.. _choices], [.. _traces], options.Ties);

        private static Choice? Exchange(Choice? choice) => choice switch
        {
            Choice.First => Choice.Second,
            Choice.Second => Choice.First,
            _ => null,
        };
    }
}
