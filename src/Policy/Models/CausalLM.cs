using R1Reward.Data;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>
/// A decoder of one of the families in <see cref="ModelFamily"/>, with towers for media where its config has them.
/// Letters in names are axes: B sequences, T tokens, C hidden, V vocabulary, R running sequences, N chosen places. Not
/// thread-safe: all calls come from the thread that owns the model's tensors.
/// </summary>
public sealed class CausalLM : IDisposable
{
    private readonly bool _ownsParameters;
    private readonly MediaReader? _media;
    private readonly Linear? _head;

    /// <summary>Makes a model whose weights are zero, to be filled from a checkpoint or from another model.</summary>
    public CausalLM(ModelConfig config, Device device, ScalarType dtype)
        : this(config, device, dtype, isHere: true)
    {
    }

    /// <summary>As the other, or without memory for the weights yet.</summary>
    internal CausalLM(ModelConfig config, Device device, ScalarType dtype, bool isHere)
        : this(
            config,
            new(ModelLayout.Specs(config), device, dtype, isHere) { ComesByLayer = true },
            ownsParameters: true)
    {
    }

    private CausalLM(ModelConfig config, ParameterTable parameters, bool ownsParameters)
    {
        Config = config;
        Parameters = parameters;
        _ownsParameters = ownsParameters;
        Layers = new LinearLayers(parameters);
        Trunk = new DecoderTrunk(config, Layers);
        _media = config.Media is { } media ? new MediaReader(media, Layers, Trunk.Rotary) : null;
        _head = (config.LabelCount > 0, config.HasOutput) switch
        {
            (true, _) => Layers.Add(ModelLayout.ScoreModule),
            (_, true) => Layers.Add(ModelLayout.HeadModule, config.TieWordEmbeddings ? DecoderLayout.Embedding : null),
            _ => null,
        };
    }

    /// <summary>The model's kind and sizes.</summary>
    public ModelConfig Config { get; }

    /// <summary>The weights by their names in Hugging Face's checkpoints.</summary>
    public ParameterTable Parameters { get; }

    /// <summary>How the checkpoint was written that the weights came from; null for a fresh model.</summary>
    internal CheckpointOrigin? Origin { get; set; }

    /// <summary>
    /// The adapter that changes this model's layers; null where there is none. Disposed with the model.
    /// </summary>
    public IModelAdapter? Adapter { get; internal set; }

    /// <summary>What training changes: the adapter's weights if there is an adapter, else the model's own.</summary>
    public ParameterTable Trained => Adapter?.Parameters ?? Parameters;

    /// <summary>
    /// Whether all weights are here; else each of several ranks holds a part of them, or they have not been read.
    /// </summary>
    public bool IsWhole => Parameters.IsHere;

    /// <summary>Where the weights are.</summary>
    public Device Device => Parameters.Device;

    /// <summary>Number format of weights and activations.</summary>
    public ScalarType Dtype => Parameters.Dtype;

    /// <summary>Position of the first text token after a video: the rule that the model was trained with.</summary>
    public PositionRule PositionRule { get; set; }

    /// <summary>
    /// Whether tokens of text are computed by kernels of this program: a dense model in float32 on the CPU, without an
    /// adapter. A token then depends on the tokens before it alone, to the last bit.
    /// </summary>
    public bool HasKernels => Trunk.HasKernels;

    /// <summary>
    /// Whether log-probabilities are the same to the last bit however sequences are batched, in sampling and in
    /// training: the kernels compute all of them, also where the tensor library would be faster.
    /// </summary>
    /// <exception cref="UserErrorException">The model has no kernels, or sees pictures.</exception>
    public bool IsBatchInvariant
    {
        get => Trunk.AlwaysByKernels;
        set
        {
            if (value && (!HasKernels || Config.Media is not null))
            {
                throw new UserErrorException(
                    "r1reward.rollout.batch-invariant = on needs a dense model of text in float32 on the CPU, without "
                    + $"an adapter; this one ({Config.Family.ModelType}) is computed in {Dtype} on {Device.type}. Set "
                    + "dtype = float32 and device = cpu in rollout and learner, or leave batch-invariant off.");
            }

            Trunk.AlwaysByKernels = value;
        }
    }

    /// <summary>Whether the towers are left out of training, that of sounds as well: they get no gradient.</summary>
    public bool IsVisionFrozen { get; set; }

    /// <summary>The linear layers of trunk, tower and output, in this order.</summary>
    internal LinearLayers Layers { get; }

    /// <summary>The decoder without its output layer.</summary>
    internal DecoderTrunk Trunk { get; }

    /// <summary>
    /// Makes a model with random weights. The same seed gives the same weights on every device and library version.
    /// </summary>
    public static CausalLM Create(ModelConfig config, Device device, ScalarType dtype, ulong seed)
    {
        var model = new CausalLM(config, device, dtype);
        RandomWeights.Fill(model.Parameters, config, seed);
        return model;
    }

    /// <summary>A copy with weights of its own, such as a frozen reference; an adapter is merged into them.</summary>
    public CausalLM Clone()
    {
        var copy = new CausalLM(Config, Device, Dtype)
        {
            PositionRule = PositionRule,
            IsVisionFrozen = IsVisionFrozen,
            Origin = Origin,
        };
        copy.CopyFrom(this);
        copy.IsBatchInvariant = IsBatchInvariant;
        return copy;
    }

    /// <summary>
    /// Takes over the weights of a model of the same layout; an adapter of that model is merged into them.
    /// </summary>
    public void CopyFrom(CausalLM source)
    {
        Parameters.CopyFrom(source.Parameters);
        source.Adapter?.MergeInto(this);
    }

    /// <summary>A second model over the same weights without this one's adapter; it has to be disposed first.</summary>
    public CausalLM WithoutAdapter() =>
        new(Config, Parameters, ownsParameters: false)
        {
            PositionRule = PositionRule,
            Origin = Origin,
            IsBatchInvariant = IsBatchInvariant,
        };

    /// <summary>Runs whole sequences through trunk and final norm.</summary>
    /// <param name="idsBT">Token ids (B, T).</param>
    /// <param name="attentionMaskBT">
    /// Null: the rows are padded on the right and positions count from 0; what stands at padding positions is
    /// meaningless. Else 1 at real tokens (B, T), which allows padding on either side; positions then count real
    /// tokens.
    /// </param>
    /// <param name="media">The media that placeholder tokens stand for.</param>
    /// <returns>Final-norm states (B, T, C).</returns>
    public Tensor Hidden(Tensor idsBT, Tensor? attentionMaskBT = null, MediaInputs? media = null)
    {
        using var scope = NewDisposeScope();
        var (x, pass) = Begin(idsBT, attentionMaskBT, media);
        return Trunk.Norm(Trunk.Forward(x, pass)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Runs rows that are padded on the right; the norm and what follows run at the chosen places alone. Without a
    /// gradient, kernels compute it where they can, those of training.
    /// </summary>
    /// <param name="idsBT">Token ids (B, T).</param>
    /// <param name="placesN">Indices into the flattened (B*T).</param>
    /// <param name="media">The media that placeholder tokens stand for.</param>
    /// <returns>Final-norm states (N, C).</returns>
    public Tensor HiddenAt(Tensor idsBT, Tensor placesN, MediaInputs? media = null)
    {
        using var scope = NewDisposeScope();
        var (x, pass) = Begin(idsBT, null, media);
        // A reference without the adapter has the bits of the policy with it.
        var kernels = is_grad_enabled() || !_ownsParameters ? null : Trunk.ByKernels(x, pass, keeps: false);
        return Trunk.NormAt(kernels?.Forward(x) ?? Trunk.Forward(x, pass), placesN).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The output layer where kernels compute it, and its gradients; null where the tensor library does.
    /// </summary>
    internal Linear? HeadForKernels =>
        _ownsParameters && Adapter is null && _head is { Bias: null } && CpuMatrix.Fits(_head.Weight) ? _head : null;

    /// <summary>
    /// Logits (..., V) of final-norm states (..., C), in the model's number format; of a scalar reward model its
    /// scores.
    /// </summary>
    /// <exception cref="InvalidOperationException">The model has no output layer.</exception>
    public Tensor Logits(Tensor hidden) =>
        _head?.Apply(hidden, IsBatchInvariant && is_inference_mode_enabled())
        ?? throw new InvalidOperationException("the model has no output layer");

    /// <summary>
    /// Natural log-probabilities (N) in float32 of targets (N) under final-norm states (N, C), differentiable. The
    /// logits of all N rows exist at once; <c>TokenLogProbs</c> of the training bounds that.
    /// </summary>
    public Tensor LogProbs(Tensor hiddenNC, Tensor targetsN)
    {
        using var scope = NewDisposeScope();
        var logits = Logits(hiddenNC);
        return (logits.dtype == ScalarType.Float32 ? logits : logits.to(ScalarType.Float32))
            .log_softmax(-1).gather(-1, targetsN.unsqueeze(-1)).squeeze(-1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Runs prompts and keeps their keys and values. Each prompt takes <paramref name="samplesPerPrompt"/> consecutive
    /// rows at the end of the cache, so that several samples share one run.
    /// </summary>
    /// <param name="idsBT">Prompts (B, T), padded on the right.</param>
    /// <param name="lengths">Real tokens of each prompt.</param>
    /// <param name="cache">A cache of this model's sizes.</param>
    /// <param name="samplesPerPrompt">Rows of each prompt.</param>
    /// <param name="media">The media of the prompts.</param>
    /// <returns>
    /// Final-norm states (B, C) of the last token of each prompt, one per prompt whatever the number of samples.
    /// </returns>
    public Tensor Prefill(
        Tensor idsBT,
        ReadOnlySpan<int> lengths,
        KvCache cache,
        int samplesPerPrompt = 1,
        MediaInputs? media = null) =>
        new PromptPass(this, cache, samplesPerPrompt).Run(idsBT, lengths, media);

    /// <summary>
    /// Feeds one token to every row of the cache and keeps its keys and values. The token's position is the row's
    /// length, shifted where the row has media.
    /// </summary>
    /// <param name="idsR">Token ids (R), one for each row in use, in row order.</param>
    /// <param name="cache">The rows as <see cref="Prefill"/> and earlier steps left them.</param>
    /// <returns>Final-norm states (R, C).</returns>
    public Tensor Decode(Tensor idsR, KvCache cache)
    {
        if (idsR.size(0) != cache.Rows)
        {
            throw new InvalidOperationException($"{idsR.size(0)} tokens for {cache.Rows} KV cache rows");
        }

        cache.CheckRoomForOne();
        using var mode = no_grad();
        return Trunk.Decode(idsR, cache);
    }

    /// <summary>What a pass over whole sequences starts from. Arguments as in <see cref="Hidden"/>, and:</summary>
    /// <param name="idsBT">Token ids (B, T).</param>
    /// <param name="attentionMaskBT">1 at real tokens; null: the rows are padded on the right.</param>
    /// <param name="media">The media that placeholder tokens stand for.</param>
    /// <param name="shift">Receives how far the media of each row shift the positions after them.</param>
    /// <param name="passes">Passes that have read the media already; null: the towers run now.</param>
    /// <returns>
    /// The stream (B, T, C) before the first layer, media in their places, and what the layers share.
    /// </returns>
    internal (Tensor StreamBTC, SequencePass Pass) Begin(
        Tensor idsBT,
        Tensor? attentionMaskBT,
        MediaInputs? media,
        Action<int[]>? shift = null,
        MediaPass? passes = null)
    {
        var tokens = idsBT.size(1);
        var mask = attentionMaskBT is null
            ? AttentionMask.Causal(tokens, Config.Window, Device, Dtype)
            : AttentionMask.Padded(attentionMaskBT, Config.Window, Dtype);
        var embedded = Trunk.Embed(idsBT);
        if (media is null)
        {
            return (embedded, new(Trunk.Angles((int)tokens, attentionMaskBT), mask));
        }

        var reader = _media ?? throw new InvalidOperationException("media for a model without towers");
        var positions = reader.Positions(idsBT, attentionMaskBT, media, PositionRule);
        var (stream, deep) = reader.Embed(embedded, media, positions, IsVisionFrozen, passes);
        shift?.Invoke(positions.Deltas);
        return (stream, new(reader.Angles(positions, idsBT.size(0), Device), mask, Deep: deep));
    }

    /// <summary>What a pass starts from over rows that hold several texts each, without media.</summary>
    /// <param name="idsBT">Token ids (B, T), padded on the right.</param>
    /// <param name="positionsBT">Position of each token in its text.</param>
    /// <param name="highest">The largest of them.</param>
    /// <param name="textsBT">The number of each token's text; 0: it belongs to all of its row.</param>
    internal (Tensor StreamBTC, SequencePass Pass) BeginPacked(
        Tensor idsBT, Tensor positionsBT, int highest, Tensor textsBT) => (
        Trunk.Embed(idsBT),
        new(
            Trunk.Rotary.At(positionsBT, highest),
            AttentionMask.Packed(textsBT, positionsBT, Config.Window, Dtype)));

    /// <summary>What a pass over the ends of sequences starts from that all begin with the same tokens.</summary>
    /// <param name="idsBT">Token ids (B, T) after the shared ones, padded on the right; no media.</param>
    /// <param name="before">Number of shared tokens.</param>
    /// <param name="shift">How far the media among the shared tokens shift the positions after them.</param>
    /// <param name="keysAndValues">Keys and values of the shared tokens, layer by layer.</param>
    internal (Tensor StreamBTC, SequencePass Pass) GoOn(
        Tensor idsBT, int before, int shift, IReadOnlyList<(Tensor Keys, Tensor Values)> keysAndValues)
    {
        var tokens = (int)idsBT.size(1);
        var first = before + shift;
        var positions = tensor(
            [.. Enumerable.Range(first, tokens).Select(position => (long)position)],
            dtype: ScalarType.Int64,
            device: Device).unsqueeze(0);
        var mask = AttentionMask.After(before, tokens, Config.Window, Device, Dtype);
        return (
            Trunk.Embed(idsBT),
            new(Trunk.Rotary.At(positions, first + tokens - 1), mask, keysAndValues));
    }

    /// <summary>
    /// Passes of the towers that keep no activations; null where there are no media, or no tower is trained. An adapter
    /// counts as the weights that it changes.
    /// </summary>
    internal MediaPass? BeginPasses(MediaInputs? media) => media is null || IsVisionFrozen
        ? null
        : _media!.BeginPasses(media, Device, Dtype, part =>
            Trained.Specs.Any(spec => spec.Name.Contains(part, StringComparison.Ordinal)));

    /// <inheritdoc/>
    public void Dispose()
    {
        Adapter?.Dispose();
        _media?.Dispose();
        Trunk.Dispose();
        if (_ownsParameters)
        {
            Parameters.Dispose();
        }
    }
}
