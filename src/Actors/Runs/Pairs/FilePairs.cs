using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout.Prompts;
using Serilog;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>Pairs from files: gone through in a new random order per pass, split by prompt where there is no held-out file.</summary>
public sealed class FilePairs : RunPairs
{
    private readonly RunSettings _settings;
    private IReadOnlyList<PreferencePair> _training;
    private IReadOnlyList<PreferencePair> _coldStart = [];
    private IReadOnlyList<PreferencePair> _heldOut;
    private (long Pass, int[] Order) _order = (-1, []);

    /// <summary>Reads the files.</summary>
    /// <exception cref="UserErrorException">A file cannot be read, or has no pair that prefers one response.</exception>
    public FilePairs(RunSettings settings)
    {
        _settings = settings;
        var data = settings.Data;
        var all = Decided(data.Train, data.Format);
        if (data.HeldOut.Length > 0)
        {
            (_training, _heldOut) = (all, Decided(data.HeldOut, data.Format));
        }
        else
        {
            var split = PairSplit.ByGroup(all, data.HeldOutShare, settings.Seed);
            (_training, _heldOut) = (split.Train, split.HeldOut);
        }

        _training = [.. OrderPolicy.Apply(_training, data.Order, settings.Seed)];
        _heldOut = [.. OrderPolicy.Apply(HeldOutPart(), settings.Eval.BothOrders ? CandidateOrder.Both : CandidateOrder.Random, settings.Seed)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PreferencePair> HeldOut => _heldOut;

    /// <inheritdoc/>
    public override long Different => _training.Count;

    /// <inheritdoc/>
    public override PreferencePair Training(long index) => At(_training, index);

    /// <inheritdoc/>
    public override PreferencePair ColdStart(long index) => At(_coldStart, index);

    /// <inheritdoc/>
    public override IEnumerable<PreferencePair> ColdStartSamples(int most) => _training.Select(WithJudgment).Take(most);

    /// <inheritdoc/>
    public override void Bind(string modelFolder)
    {
        if (ModelConfig.Load(modelFolder).Vision is null && _training.Count(pair => pair.Media.Count > 0) is var unseen and > 0)
        {
            Log.Warning("{Unseen} of {All} training pairs have pictures or videos, which this model does not see: it learns from their text", unseen, _training.Count);
        }

        if (_settings.Data.MaxPromptTokens > 0)
        {
            var model = _settings.Model;
            var media = MediaStore.Open(modelFolder, ModelConfig.Load(modelFolder), model.Media.Limits, model.Media.Decoding);
            var encoder = new PromptEncoder(Tokenizer.Load(modelFolder), PromptTemplate.Of(model.Template), model.UntrustedText, media, _settings.Data.MaxPromptTokens);
            _training = Short(_training, encoder, "training");
            _heldOut = Short(_heldOut, encoder, "held-out");
        }

        _coldStart = [.. _training.Where(pair => pair.Judgment is not null || _settings.Sft.MakeMissingJudgments).Select(WithJudgment)];
        if (_settings.Sft.Enabled && _coldStart.Count == 0)
        {
            throw new UserErrorException($"{_settings.Data.Train}: no pair has a judgment to imitate. Add the field `judgment`, set r1reward.sft.missing-judgment = answer, or r1reward.sft.enabled = off.");
        }
    }

    private IReadOnlyList<PreferencePair> HeldOutPart()
    {
        var pairs = _heldOut.ToList();
        CounterRandom.For(_settings.Seed, "held-out").Shuffle(pairs);
        return _settings.Eval.Pairs == 0 ? pairs : [.. pairs.Take(_settings.Eval.Pairs)];
    }

    private static IReadOnlyList<PreferencePair> Decided(string path, PairFormat format)
    {
        var file = PairReader.Read(path, format);
        var decided = file.Pairs.Where(pair => pair.Label is PreferenceLabel.First or PreferenceLabel.Second).ToList();
        if (decided.Count == 0)
        {
            throw new UserErrorException($"{path}: none of its {file.Pairs.Count} pairs says which response is preferred. Add labels.");
        }

        Log.Information("{Path}: {Pairs} pairs, {Undecided} of them without a preference left out, {Missing} with media that is not on disk",
            path, file.Pairs.Count, file.Pairs.Count - decided.Count, file.MediaMissing.Count);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return [.. decided.Select(pair => pair.MediaIn(folder))];
    }

    private IReadOnlyList<PreferencePair> Short(IReadOnlyList<PreferencePair> pairs, PromptEncoder encoder, string part)
    {
        var most = _settings.Data.MaxPromptTokens;
        var kept = pairs.Where(pair => encoder.Encode(pair).Problem is null).ToList();
        Log.Information("{Part} pairs: {Kept} of {All} have prompts of at most {Most} tokens", part, kept.Count, pairs.Count, most);
        return kept.Count > 0 ? kept : throw new UserErrorException($"r1reward.data.max-prompt-tokens = {most}: no {part} pair is that short. Write a larger number, or 0 for no limit.");
    }

    // The right answer after a sentence that a judge can hold against it: form and choice are taught, reasoning is not.
    private PreferencePair WithJudgment(PreferencePair pair)
    {
        var choice = pair.Label == PreferenceLabel.First ? 1 : 2;
        return pair.Judgment is not null ? pair : pair with { Judgment = $"<think>Response {choice} answers the question better. Response {choice} is better.</think><answer>{choice}</answer>" };
    }

    private PreferencePair At(IReadOnlyList<PreferencePair> pairs, long index)
    {
        var pass = index / pairs.Count;
        if (_order.Pass != pass || _order.Order.Length != pairs.Count)
        {
            var order = Enumerable.Range(0, pairs.Count).ToArray();
            CounterRandom.For(_settings.Seed, "order", pass).Shuffle(order);
            _order = (pass, order);
        }

        return pairs[_order.Order[index % pairs.Count]];
    }
}
