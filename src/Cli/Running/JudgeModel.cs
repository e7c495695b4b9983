using R1Reward.Actors.Configuration;
using R1Reward.Actors.Workers;
using R1Reward.Data;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Checkpoints;
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
    private readonly PromptTemplate _template;

    /// <exception cref="UserErrorException">The folder is no model, or the device is not there.</exception>
    public JudgeModel(JudgeModelOptions options)
    {
        if (!File.Exists(Path.Combine(options.Model, "config.json")))
        {
            throw new UserErrorException($"--model {options.Model}: no config.json there. Name a model folder, for example runs/quickstart-1/checkpoints/step-20.");
        }

        set_num_threads(Environment.ProcessorCount);
        var compute = Compute.Prepare(new DeviceSettings(options.Device, options.DType, 0), 0);
        _model = Checkpoint.Load(options.Model, compute.Device, compute.DType);
        _tokenizer = Tokenizer.Load(options.Model);
        _template = PromptTemplate.Of(options.Template);
        _engine = new GenerationEngine(_model, _tokenizer, new GenerationEngineOptions());
    }

    /// <summary>Votes on pairs; their media are left out, since these models read text.</summary>
    public void Vote(IEnumerable<PreferencePair> pairs, VoteOptions options, Action<VoteResult> onVoted, CancellationToken cancel) =>
        new Voter(_engine, new ChatTemplate(_tokenizer), _template, options).Vote(pairs.Select(pair => pair with { Media = [] }), onVoted, cancel);

    public void Dispose()
    {
        _engine.Dispose();
        _model.Dispose();
    }
}
