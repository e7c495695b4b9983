using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Data.Handlers;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Data.Randomness;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout.Prompts;
using Serilog;

namespace R1Reward.Actors.Runs.Pairs;

/// <summary>
/// Pairs from files, in a new random order in each pass, split by prompt where there is no held-out file.
/// </summary>
internal sealed class FilePairs : RunPairs
{
    private readonly RunSettings _settings;
    private readonly PassOrder _order;
    private IReadOnlyList<PreferencePair> _training;
    private IReadOnlyList<PreferencePair> _coldStart = [];
    private IReadOnlyList<PreferencePair> _heldOut;

    /// <summary>Reads the files that <c>r1reward.data</c> names.</summary>
    /// <exception cref="UserErrorException">
    /// A file cannot be read, or has no pair that prefers one response.
    /// </exception>
    public FilePairs(RunSettings settings)
    {
        _settings = settings;
        _order = new PassOrder(settings.Seed, settings.Data.EasyFirst);
        var (training, heldOut) = ReadFiles(settings);
        _training = [.. OrderPolicy.Apply(training, settings.Data.Order, settings.Seed)];
        var heldOutOrder = settings.Eval.BothOrders ? CandidateOrder.Both : CandidateOrder.Random;
        _heldOut = [.. OrderPolicy.Apply(DrawHeldOut(heldOut, settings), heldOutOrder, settings.Seed)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<PreferencePair> HeldOut => _heldOut;

    /// <inheritdoc/>
    public override long DistinctPrompts => _training.Count;

    /// <inheritdoc/>
    public override long ColdStartCount => _coldStart.Count;

    /// <inheritdoc/>
    public override PreferencePair Training(long index) => _order.At(_training, index);

    /// <inheritdoc/>
    public override PreferencePair ColdStart(long index) => _order.At(_coldStart, index);

    /// <inheritdoc/>
    public override IEnumerable<PreferencePair> ColdStartSamples(int max) => _training.Select(WithJudgment).Take(max);

    /// <inheritdoc/>
    public override void Bind(string modelFolder)
    {
        var config = ModelConfig.Load(modelFolder);
        if (config.Media is null)
        {
            WarnOfMedia();
        }

        if (_settings.Data.MaxPromptTokens > 0)
        {
            LeaveOutLongPrompts(modelFolder, config);
        }

        _coldStart = [.. _training.Where(CanBeImitated).Select(WithJudgment)];
        if (_settings.Sft.Enabled && _coldStart.Count == 0)
        {
            throw new UserErrorException(_settings.Sft.Lesson == SftLesson.Responses
                ? $"{_settings.Data.Train}: no pair says which response is preferred, so that none can be imitated. "
                    + "Add the field `label`, or set r1reward.sft.enabled = off."
                : $"{_settings.Data.Train}: no pair has a judgment to imitate. Add the field `judgment`, set "
                    + "r1reward.sft.missing-judgment = answer, or r1reward.sft.enabled = off.");
        }
    }

    private static (IReadOnlyList<PreferencePair> Training, IReadOnlyList<PreferencePair> HeldOut) ReadFiles(
        RunSettings settings)
    {
        var data = settings.Data;
        var training = ReadLabelled(data.Train, settings);
        if (data.HeldOut.Length > 0)
        {
            return (training, ReadLabelled(data.HeldOut, settings));
        }

        var split = PairSplit.ByGroup(training, data.HeldOutShare, settings.Seed);
        return (split.Train, split.HeldOut);
    }

    // A scalar model learns from ties and single aspects, too.
    private static IReadOnlyList<PreferencePair> ReadLabelled(string path, RunSettings settings)
    {
        var file = Dataset.Read(path, settings.Data.Format);
        bool Teaches(PreferencePair pair) => settings.Srm.Enabled
            ? settings.Srm.Heads.Heads.Any(head => pair.LabelOf(head) is not null)
            : pair.Label is PreferenceLabel.First or PreferenceLabel.Second;
        var labelled = file.Pairs.Where(Teaches).ToList();
        if (labelled.Count == 0)
        {
            throw new UserErrorException(
                $"{path}: none of its {file.Pairs.Count} pairs says which response is preferred. Add labels.");
        }

        Log.Information(
            "{Path}: {Pairs} pairs, {Undecided} of them without a preference left out, "
            + "{Missing} with media that is not on disk; {PassedOver} rows passed over",
            path,
            file.Pairs.Count,
            file.Pairs.Count - labelled.Count,
            file.MediaMissing.Count,
            file.PassedOver);
        if (file.IgnoredNote is { } note)
        {
            Log.Warning("{Path}: {Note}", path, note);
        }

        return labelled;
    }

    private static IReadOnlyList<PreferencePair> DrawHeldOut(
        IReadOnlyList<PreferencePair> heldOut, RunSettings settings)
    {
        var pairs = heldOut.ToList();
        CounterRandom.For(settings.Seed, "held-out").Shuffle(pairs);
        return settings.Eval.Pairs == 0 ? pairs : [.. pairs.Take(settings.Eval.Pairs)];
    }

    private void WarnOfMedia()
    {
        var withMedia = _training.Count(pair => pair.AllMedia().Count > 0);
        if (_training.Count > 0 && _training.All(pair => pair.AnswersWithMedia()))
        {
            throw new UserErrorException(
                $"{_settings.Data.Train}: the responses are pictures, videos or sounds, and the model reads text only. "
                + "Set r1reward.model.path to a model that sees.");
        }

        if (withMedia > 0)
        {
            Log.Warning(
                "{WithMedia} of {All} training pairs have pictures or videos, which this model does not see: "
                + "it learns from their text",
                withMedia,
                _training.Count);
        }
    }

    private void LeaveOutLongPrompts(string modelFolder, ModelConfig config)
    {
        var model = _settings.Model;
        var encoder = new PromptEncoder(
            Tokenizer.Load(modelFolder),
            model.Template,
            model.UntrustedText,
            MediaStore.Open(modelFolder, config, model.Media.Limits, model.Media.Decoding),
            _settings.Data.MaxPromptTokens);
        _training = WithoutLongPrompts(_training, encoder, "training");
        _heldOut = WithoutLongPrompts(_heldOut, encoder, "held-out");
    }

    private IReadOnlyList<PreferencePair> WithoutLongPrompts(
        IReadOnlyList<PreferencePair> pairs, PromptEncoder encoder, string part)
    {
        var max = _settings.Data.MaxPromptTokens;
        var kept = pairs.Where(pair => encoder.Encode(pair).Problem is null).ToList();
        Log.Information(
            "{Part} pairs: {Kept} of {All} have prompts of at most {Max} tokens",
            part,
            kept.Count,
            pairs.Count,
            max);
        return kept.Count > 0 || pairs.Count == 0
            ? kept
            : throw new UserErrorException(
                $"r1reward.data.max-prompt-tokens = {max}: no {part} pair is that short. "
                + "Write a larger number, or 0 for no limit.");
    }

    private bool CanBeImitated(PreferencePair pair)
    {
        var isDecided = pair.Label is PreferenceLabel.First or PreferenceLabel.Second;
        return _settings.Sft.Lesson == SftLesson.Responses
            ? isDecided
            : pair.Judgment is not null || (isDecided && _settings.Sft.MakeMissingJudgments);
    }

    // The right answer after a sentence that a judge can hold against it: form and choice are taught, reasoning is not.
    private static PreferencePair WithJudgment(PreferencePair pair)
    {
        if (pair.Judgment is not null)
        {
            return pair;
        }

        var choice = pair.Label == PreferenceLabel.First ? 1 : 2;
        var analysis = $"Response {choice} answers the question better. Response {choice} is better.";
        return pair with { Judgment = $"<think>{analysis}</think><answer>{choice}</answer>" };
    }
}
