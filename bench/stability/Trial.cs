using System.Diagnostics;
using System.Globalization;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Data.Randomness;
using R1Reward.Data.Scenes;
using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Training;
using R1Reward.Rollout;
using R1Reward.Rollout.Prompts;
using R1Reward.Rollout.Sampling;
using TorchSharp;

namespace R1Reward.Stability;

/// <summary>
/// A short reinforcement run on the scenes task from a cold start, in one thread and without actors: sample, reward,
/// advantages, update; each batch is as many updates old as the cell says.
/// </summary>
internal sealed class Trial : IDisposable
{
    // The task and penalty of hocon/quickstart.conf.
    private const double KlCoefficient = 1e-3;
    private const int MaxNewTokens = 128;
    private const long FirstTraining = 1L << 40;

    private readonly Cell _cell;
    private readonly StabilityOptions _options;
    private readonly CausalLM _model;
    private readonly PromptEncoder _encoder;
    private readonly GenerationEngine _engine;
    private readonly SceneGenerator _scenes;

    internal Trial(Cell cell, StabilityOptions options)
    {
        _cell = cell;
        _options = options;
        var folder = options.ColdStart(cell.Seed);
        _model = Checkpoint.Load(folder, torch.CPU, torch.ScalarType.Float32);
        var tokenizer = Tokenizer.Load(folder);
        _encoder = new PromptEncoder(tokenizer, PromptTemplate.Compact, UntrustedText.Sanitized);
        _engine = new GenerationEngine(_model, tokenizer, new GenerationEngineOptions { MaxSequences = 256 });
        _scenes = new SceneGenerator(cell.Seed, new SceneOptions { Grid = 3, Traces = false });
    }

    public void Dispose()
    {
        _engine.Dispose();
        _model.Dispose();
    }

    internal TrialResult Run()
    {
        var watch = Stopwatch.StartNew();
        var steps = _cell.Method == Cell.Start ? [] : Train(Method.Get(_cell.Method));
        var pairs = Enumerable.Range(0, _options.EvalPairs).Select(i => _scenes.Pair(SceneSide.HeldOut, i)).ToList();
        var voters = Sample("heldout", pairs, _options.CountsVotes(_cell) ? _options.Votes : 1);
        var single = voters.Select(samples => samples[0]).ToList();
        var accuracy = Judged.Accuracy(single);
        var agreement = Judged.Agreement(single);
        return new TrialResult(steps, accuracy, agreement, Votes(voters), watch.Elapsed.TotalSeconds);
    }

    private List<TrialStep> Train(Method method)
    {
        using var reference = _model.Clone();
        using var optimizer = new AdamW(_model.Parameters, new AdamWOptions());
        var learner = new PolicyLearner(
            _model,
            optimizer,
            new LearningRateSchedule { BaseRate = _cell.Rate },
            new PolicyObjective(method.Loss),
            new PolicyLearnerOptions
            {
                TrainBatchSize = _options.TrainBatch,
                Passes = _cell.Epochs,
                MaxResponseTokens = MaxNewTokens,
                SkipNonFinite = true,
                Seed = _cell.Seed,
            });
        var kl = new KlController(new KlOptions { Initial = KlCoefficient });
        // As published: the methods are compared by what they do with every batch.
        var rules = method.Advantages with { EqualRewards = EqualRewardsRule.Update };
        var step = new ReinforceStep(learner, new AdvantagePipeline(rules), kl) { Reference = reference };
        var waiting = new Queue<List<Judged>>();
        var steps = new List<TrialStep>();
        var sampled = 0;
        while (steps.Count < _options.Steps)
        {
            // The first batches all come from the cold start, so that from the first update on each batch is as old as
            // it will be.
            while (sampled < _options.Steps && waiting.Count <= _cell.Staleness)
            {
                waiting.Enqueue(Batch(sampled++));
            }

            steps.Add(Update(step, waiting.Dequeue()));
            _engine.Version = new PolicyVersion((int)learner.UpdateCount);
        }

        return steps;
    }

    private TrialStep Update(ReinforceStep step, List<Judged> batch)
    {
        // One trace per prompt: each is a group of its own.
        var metrics = step.Run(
            [.. batch.Select((judged, i) => new ScoredTrace(judged.Trace, i, judged.Reward(_cell.Consistency), []))]);
        var zeroed = metrics.Advantages.Traces.Count(trace => trace.Advantages.All(advantage => advantage == 0));
        var filtered = zeroed / (double)batch.Count;
        return new TrialStep(metrics.Policy, filtered, Judged.Accuracy(batch), Judged.Agreement(batch));
    }

    private List<Judged> Batch(int number)
    {
        var first = FirstTraining + ((long)number * _options.Prompts);
        var numbers = Enumerable.Range(0, _options.Prompts);
        var pairs = numbers.Select(i => _scenes.Pair(SceneSide.Train, first + i)).ToList();
        return [.. Sample($"step-{number}", pairs, 1).Select(samples => samples[0])];
    }

    private List<Judged[]> Sample(string name, IReadOnlyList<PreferencePair> pairs, int samples)
    {
        var found = pairs.Select(_ => new Judged[samples]).ToList();
        var requests = pairs.Select((pair, i) => new GenerationRequest
        {
            Id = $"{name}/{i}",
            Pair = pair.Id,
            PromptTokens = _encoder.Encode(pair).Tokens,
            Samples = samples,
            Seed = unchecked((long)CounterRandom.KeyOf(_cell.Seed, name, i)),
            Sampling = new SamplingOptions { MaxNewTokens = MaxNewTokens },
        });
        _engine.Generate(requests, trace =>
        {
            var place = trace.Id.Split('/');
            var pair = int.Parse(place[^2], CultureInfo.InvariantCulture);
            var sample = int.Parse(place[^1], CultureInfo.InvariantCulture);
            found[pair][sample] = new Judged(pairs[pair], trace);
        });
        return found;
    }

    // Means over disjoint groups of k samples of each pair, so that few votes are as well known as many.
    private static List<(int, double, double)> Votes(List<Judged[]> voters)
    {
        var votes = new List<(int, double, double)>();
        for (var k = 1; k <= voters[0].Length; k++)
        {
            var groups = voters.SelectMany(samples => samples.Chunk(k).Where(group => group.Length == k)).ToList();
            var majority = groups.Average(group => Wins(group) ? 1.0 : 0.0);
            var any = groups.Average(group => group.Any(sample => sample.Right) ? 1.0 : 0.0);
            votes.Add((k, majority, any));
        }

        return votes;
    }

    private static bool Wins(Judged[] group) =>
        VoteTally.Count(group.Select(sample => sample.Choice)).Winner == group[0].Preferred;
}
