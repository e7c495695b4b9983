using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Workers;
using R1Reward.Cli.Output;
using R1Reward.Data;
using R1Reward.Data.Media.Decoding;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Devices;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Rollout;
using R1Reward.Rollout.Prompts;
using R1Reward.Rollout.Voting;
using static TorchSharp.torch;

namespace R1Reward.Cli.Running;

/// <summary>A reward model loaded for judging on this thread.</summary>
internal sealed class JudgeModel : IDisposable
{
    // Their patches are in memory together.
    private const int PairsWithMedia = 32;

    // Their replies are; more than run together, so that the engine is never short of work for long.
    private const int PairsOfText = 256;

    private readonly CausalLM _model;
    private readonly GenerationEngine _engine;

    /// <exception cref="UserErrorException">The folder is no model, or the device is not there.</exception>
    public JudgeModel(JudgeModelOptions options)
    {
        if (!File.Exists(Path.Combine(options.Model, "config.json")) && !LoraConfig.IsIn(options.Model))
        {
            throw new UserErrorException(
                $"--model {options.Model}: no config.json there. Name a model folder, for example "
                + $"runs/quickstart-1/checkpoints/step-20.");
        }

        var folder = options.Adapter ?? options.Model;
        using var loading = new LoadingLine(folder);
        TensorLibrary.EnsureLoaded();
        set_num_threads(Environment.ProcessorCount);
        var compute = WorkerDevice.Select(new DeviceSettings(options.Device, options.DType, 0));
        DType = compute.DType;
        _model = PolicyFolder.Load(options.Model, compute.Device, DType);
        if (options.Adapter is { } adapter)
        {
            LoraAdapter.Load(_model, adapter).MergeForGood();
        }

        var tokenizers = PolicyFolder.TokenizerOf(folder, options.Model);
        Tokenizer = Tokenizer.Load(tokenizers, _model.Config.VocabularySize);
        var card = ModelCard.Load(folder);
        _model.PositionRule = card?.PositionRule ?? default;
        Template = options.Template is { } named
            ? OwnTemplate.Find(named)
            : card?.Prompt ?? PromptTemplate.R1Pairwise;
        var limits = card?.Limits ?? new MediaLimits();
        var media = MediaStore.Open(
            tokenizers,
            _model.Config,
            limits with { MaxPixels = options.MaxPixels ?? limits.MaxPixels },
            new DecodingOptions { Colours = card?.Colours ?? default, Fetch = options.Fetch });
        Encoder = new PromptEncoder(Tokenizer, Template, options.Untrusted, media, _model.Config.LongestPrompt);
        if (_model.Config.UnknownKeys is { Count: > 0 } unknown)
        {
            var keys = string.Join(", ", unknown);
            Console.Error.WriteLine($"config.json has keys that are not known and not followed: {keys}");
        }

        if (_model.Config.Generation is { ProposesSampling: true } proposed)
        {
            Console.Error.WriteLine(
                $"for generation the checkpoint proposes {proposed}; what is used is what the options say");
        }

        _engine = new GenerationEngine(_model, Tokenizer, new GenerationEngineOptions
        {
            CacheBytes = (long)(options.CacheGiB * (1L << 30)),
        });
    }

    /// <summary>Samples from the model.</summary>
    public GenerationEngine Engine => _engine;

    /// <summary>The tokenizer of the model's folder.</summary>
    public Tokenizer Tokenizer { get; }

    /// <summary>Whether it takes media beside text.</summary>
    public bool Sees => _model.Config.Media is not null;

    /// <summary>The number format of its weights.</summary>
    public ScalarType DType { get; }

    /// <summary>Writes prompts in the model's tokens; may be used from any thread.</summary>
    public PromptEncoder Encoder { get; }

    /// <summary>How the model is asked.</summary>
    public PromptTemplate Template { get; }

    /// <summary>
    /// Votes on pairs; a model that reads text judges pairs with media by their text. Pairs that cannot be shown,
    /// because they are too long or their media cannot be read, come with their problem, are in no figure, and are
    /// counted on standard error. A few hundred pairs are in memory at a time.
    /// </summary>
    /// <param name="pairs">Pairs with distinct ids.</param>
    /// <param name="options">How many samples, and how they are drawn.</param>
    /// <param name="progress">Hears how many pairs are finished, in any order.</param>
    /// <param name="onVoted">Gets the results in the order of the pairs.</param>
    /// <param name="cancel">Ends the voting.</param>
    /// <param name="wereShown">Whether others of the pairs were shown before: then none of these need be.</param>
    /// <exception cref="UserErrorException">No pair can be shown, or an option is out of range.</exception>
    public void Vote(
        IEnumerable<PreferencePair> pairs,
        VoteOptions options,
        IProgress<int> progress,
        Action<VoteResult> onVoted,
        CancellationToken cancel,
        bool wereShown = false)
    {
        var (done, unseen, total) = (0, 0, 0);
        var notShown = new List<(PairId Pair, string Problem)>();
        var inTurn = new List<VoteResult>();
        var voter = new Voter(_engine, Encoder, options);
        foreach (var some in pairs.Chunk(Sees ? PairsWithMedia : PairsOfText))
        {
            var inOrder = new InputOrder(some, HandOn);
            total += some.Length;
            unseen += Sees ? 0 : some.Count(pair => pair.AllMedia().Count > 0);
            voter.Vote(some, result => Voted(result, inOrder), cancel);
        }

        if (unseen > 0)
        {
            Console.Error.WriteLine(
                $"{unseen} of {total} pairs have pictures or videos, which this model does not see: they are judged "
                + "by their text");
        }

        if (notShown.Count > 0)
        {
            var found = $"{notShown.Count} of {total} pairs cannot be shown to the model with template "
                + $"{Template.Id} and are in no figure; the first is {notShown[0].Pair}: {notShown[0].Problem}";
            if (notShown.Count == total && !wereShown)
            {
                throw new UserErrorException(
                    found + ". Choose a shorter --template or another model, or look at the files that the pairs "
                        + "name.");
            }

            Console.Error.WriteLine(found);
        }

        // Nothing before the first pair that is shown: where none is, the mistake is all there is to say.
        void HandOn(VoteResult result)
        {
            inTurn.Add(result);
            if (result.Problem is null || notShown.Count < done || wereShown)
            {
                inTurn.ForEach(onVoted);
                inTurn.Clear();
            }
        }

        void Voted(VoteResult result, InputOrder inOrder)
        {
            progress.Report(++done);
            if (result.Problem is { } problem)
            {
                notShown.Add((result.Pair.Id, problem));
            }

            inOrder.Add(result);
        }
    }

    public void Dispose()
    {
        _engine.Dispose();
        _model.Dispose();
    }
}
