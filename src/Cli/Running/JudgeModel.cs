using R1Reward.Actors.Configuration;
using R1Reward.Actors.Workers;
using R1Reward.Data;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;
using R1Reward.Rollout;
using R1Reward.Rollout.Voting;
using static TorchSharp.torch;

namespace R1Reward.Cli.Running;

/// <summary>A reward model loaded for judging on this thread.</summary>
internal sealed class JudgeModel : IDisposable
{
    private readonly CausalLM _model;
    private readonly GenerationEngine _engine;
    private readonly Tokenizer _tokenizer;
    private readonly UntrustedText _untrusted;

    /// <exception cref="UserErrorException">The folder is no model, or the device is not there.</exception>
    public JudgeModel(JudgeModelOptions options)
    {
        if (!File.Exists(Path.Combine(options.Model, "config.json")) && !LoraConfig.IsIn(options.Model))
        {
            throw new UserErrorException($"--model {options.Model}: no config.json there. Name a model folder, for example runs/quickstart-1/checkpoints/step-20.");
        }

        var folder = options.Adapter ?? options.Model;

        set_num_threads(Environment.ProcessorCount);
        var compute = Compute.Prepare(new DeviceSettings(options.Device, options.DType, 0), 0);
        _untrusted = options.Untrusted;
        _model = PolicyFolder.Load(options.Model, compute.Device, compute.DType);
        if (options.Adapter is { } adapter)
        {
            LoraAdapter.Load(_model, adapter).MergeForGood();
        }

        _tokenizer = Tokenizer.Load(PolicyFolder.TokenizerOf(folder, options.Model));
        Template = PromptTemplate.Of(options.Template ?? ModelCard.Load(folder)?.Template ?? PromptTemplate.R1Pairwise.Id);
        _engine = new GenerationEngine(_model, _tokenizer, new GenerationEngineOptions { MaxLength = _model.Config.MaxPositions });
    }

    /// <summary>Samples from the model.</summary>
    public GenerationEngine Engine => _engine;

    /// <summary>Its vocabulary.</summary>
    public Tokenizer Tokenizer => _tokenizer;

    /// <summary>Most tokens of prompt and reply.</summary>
    public int Positions => _model.Config.MaxPositions;

    /// <summary>How the model is asked.</summary>
    public PromptTemplate Template { get; }

    /// <summary>
    /// Votes on pairs. Their media are left out, since these models read text; pairs that are longer than the model's
    /// positions are left out and counted on standard error.
    /// </summary>
    /// <exception cref="UserErrorException">No pair is short enough, or an option is out of range.</exception>
    public void Vote(IReadOnlyCollection<PreferencePair> pairs, VoteOptions options, Action<VoteResult> onVoted, CancellationToken cancel)
    {
        var encoder = new PromptEncoder(_tokenizer, Template, _untrusted);
        var most = _model.Config.MaxPositions;
        var fitting = pairs.Select(pair => pair with { Media = [] }).Where(pair => encoder.Encode(pair).Length < most).ToList();
        var tooLong = $"{pairs.Count - fitting.Count} of {pairs.Count} pairs are longer, with template {Template.Id}, than the {most} tokens that the model can take";
        if (fitting.Count == 0)
        {
            throw new UserErrorException(tooLong + ". Choose a shorter --template or another model.");
        }

        if (fitting.Count < pairs.Count)
        {
            Console.Error.WriteLine(tooLong + "; they are left out");
        }

        new Voter(_engine, new ChatTemplate(_tokenizer, _untrusted), Template, options).Vote(fitting, onVoted, cancel);
    }

    public void Dispose()
    {
        _engine.Dispose();
        _model.Dispose();
    }
}
