using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Data.Traces;
using R1Reward.Policy.Tokenization;
using R1Reward.Rewards.Http;
using R1Reward.Rewards.Serving;
using R1Reward.Rollout;
using R1Reward.Rollout.Prompts;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Cli.Serving;

/// <summary>
/// A reward model on a thread of its own. Requests run together: one that comes while others run joins their batch.
/// </summary>
internal sealed class GrmEngine : IDisposable
{
    private readonly JudgeModelOptions _options;
    private readonly GrmPolicy _policy = new();
    private readonly GenerationThread<JudgeModelOptions> _thread;
    private long _number;

    private GrmEngine(JudgeModelOptions options, int maxRequests)
    {
        _options = options;
        _thread = new GenerationThread<JudgeModelOptions>("grm", _policy, maxRequests, onFailed: (requests, error) =>
            Console.Error.WriteLine($"{requests} requests failed: {error.Message.Split('\n')[0]}"));
    }

    /// <summary>The model's vocabulary, for decoding only.</summary>
    public Tokenizer Tokenizer => _policy.Model.Tokenizer;

    /// <summary>How the model is asked about a pair.</summary>
    public PromptTemplate Template => _policy.Model.Template;

    /// <summary>The tags that the model was taught to judge in.</summary>
    public JudgmentTags Tags => Template.Tags;

    /// <summary>Whether it takes media beside text.</summary>
    public bool Sees => _policy.Model.Sees;

    /// <summary>Loads a model and waits until it can answer.</summary>
    /// <param name="options">The model.</param>
    /// <param name="maxRequests">Requests that are sampled or wait for room at once; further ones get 429.</param>
    /// <exception cref="UserErrorException">The folder is no model, or the device is not there.</exception>
    public static async Task<GrmEngine> StartAsync(JudgeModelOptions options, int maxRequests = 1024)
    {
        var engine = new GrmEngine(options, maxRequests);
        try
        {
            // The model is loaded with the first request, which asks for nothing.
            await engine._thread.GenerateAsync(options, _ => null).ConfigureAwait(false);
            return engine;
        }
        catch
        {
            engine.Dispose();
            throw;
        }
    }

    /// <summary>Samples the replies to a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="seed">Seed of the samples.</param>
    /// <param name="onToken">Called on the engine's thread with each token; null where nothing is streamed.</param>
    /// <param name="cancel">Ends the work at the next step of the batch.</param>
    /// <returns>The replies, in sample order.</returns>
    /// <exception cref="RefusedException">
    /// The prompt is too long, shows something to a model that reads text, or shows what is no picture; or too many
    /// requests are there, or no memory to sample.
    /// </exception>
    public async Task<IReadOnlyList<Trace>> AnswerAsync(
        GrmRequest request, long seed, Action<StreamedToken>? onToken, CancellationToken cancel)
    {
        if (!Sees && request.Messages.Any(message => message.Media.Any()))
        {
            throw new RefusedException(400, $"{GrmMessages.PlaceOf(request.Messages, 0)}: this model reads text only");
        }

        // Pictures are prepared here, so that replies that run do not wait for them.
        var prompt = await PromptAsync(request, cancel).ConfigureAwait(false);
        var id = $"request-{Interlocked.Increment(ref _number)}";
        var generation = new GenerationRequest
        {
            Id = id,
            Pair = new PairId(id),
            PromptTokens = prompt.Tokens,
            Media = prompt.Media,
            Features = prompt.Features,
            Samples = request.Samples,
            Seed = seed,
            Sampling = request.Sampling,
            OnToken = onToken,
            TopLogProbs = request.TopLogProbs,
        };
        try
        {
            var sampling = _thread.TryGenerateAsync(_options, Check, cancel)
                ?? throw new RefusedException(429, "as many requests as the model may have wait; ask again later");
            return await sampling.ConfigureAwait(false);
        }
        catch (UserErrorException wrong)
        {
            throw new RefusedException(503, wrong.Message);
        }

        GenerationRequest Check(GenerationEngine engine)
        {
            try
            {
                engine.Validate(generation);
                return generation;
            }
            catch (UserErrorException wrong)
            {
                throw new RefusedException(400, wrong.Message);
            }
        }
    }

    /// <summary>Finishes what runs and frees the model.</summary>
    public void Dispose() => _thread.Dispose();

    private async Task<EncodedPrompt> PromptAsync(GrmRequest request, CancellationToken cancel)
    {
        EncodedPrompt prompt;
        try
        {
            prompt = await _policy.Model.Encoder.EncodeAsync(request.Messages, cancel).ConfigureAwait(false);
        }
        catch (UserErrorException wrong)
        {
            throw new RefusedException(400, wrong.Message);
        }

        if (prompt.Unreadable is var (index, result))
        {
            // What stands in the request has no name but its place.
            var name = prompt.Media[index].Path;
            var shown = DataUri.Matches(name) ? GrmMessages.PlaceOf(request.Messages, index) : name;
            throw new RefusedException(400, $"{shown} cannot be shown: {result.Status}, {result.Reason}");
        }

        return prompt.Problem is { } problem ? throw new RefusedException(400, problem) : prompt;
    }

    /// <summary>The one model that is served.</summary>
    private sealed class GrmPolicy : IPolicyHolder<JudgeModelOptions>
    {
        private JudgeModel? _model;

        /// <summary>The model, once it is loaded; its weights belong to the engine's thread.</summary>
        public JudgeModel Model =>
            _model ?? throw new InvalidOperationException("The model is used before it is loaded.");

        public bool Holds(JudgeModelOptions weights) => _model is not null;

        public GenerationEngine Load(JudgeModelOptions weights, CancellationToken cancel)
        {
            _model = new JudgeModel(weights);
            return _model.Engine;
        }

        public void Dispose() => _model?.Dispose();
    }
}
