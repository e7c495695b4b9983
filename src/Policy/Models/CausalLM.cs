using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Layers;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>
/// A decoder of one of the families in <see cref="ModelFamily"/>, with a vision tower where its config has one. Letters in
/// names are axes: B sequences, T tokens, C hidden, V vocabulary, R running sequences.
/// Not thread-safe: all calls come from the thread that owns the model's tensors.
/// </summary>
public sealed class CausalLM : IDisposable
{
    /// <summary>Prompt tokens run at a time, padding included: the activations of more would leave the processor's cache.</summary>
    private const int PrefillTokens = 4096;

    private readonly DecoderLayer[] _layers;
    private readonly RotaryTable _rotary;
    private readonly VisionReader? _vision;
    private readonly Linear _head;

    /// <summary>Makes a model with zero weights, to be filled by a checkpoint or from another model.</summary>
    public CausalLM(ModelConfig config, Device device, ScalarType dtype)
        : this(config, new ParameterTable(ModelLayout.Of(config), device, dtype))
    {
    }

    private CausalLM(ModelConfig config, ParameterTable parameters)
    {
        (Config, Parameters) = (config, parameters);
        _layers = [.. Enumerable.Range(0, config.Layers).Select(i => new DecoderLayer(config, Parameters, i))];
        _rotary = new RotaryTable(config.Rope, config.HeadSize, Device, Dtype);
        _vision = config.Vision is { } vision ? new VisionReader(vision, Parameters, _rotary) : null;
        _head = config.Scores > 0
            ? new Linear(Parameters, ModelLayout.ScoreModule)
            : new Linear(Parameters, ModelLayout.HeadModule, config.TieWordEmbeddings ? ModelLayout.Embedding : null);
    }

    /// <summary>The model's sizes.</summary>
    public ModelConfig Config { get; }

    /// <summary>The weights by HF name.</summary>
    public ParameterTable Parameters { get; }

    /// <summary>How the checkpoint was written that the weights came from; null for a fresh model.</summary>
    public CheckpointOrigin? Origin { get; internal set; }

    /// <summary>The adapter that changes this model's layers; null: none. Disposed with the model.</summary>
    public IModelAdapter? Adapter { get; internal set; }

    /// <summary>What training changes: the adapter's weights if there is one, else all.</summary>
    public ParameterTable Trained => Adapter?.Parameters ?? Parameters;

    /// <summary>Where the weights live.</summary>
    public Device Device => Parameters.Device;

    /// <summary>Number format of weights and activations.</summary>
    public ScalarType Dtype => Parameters.Dtype;

    /// <summary>Where text goes on after a video; what the model was trained with.</summary>
    public PositionRule PositionRule { get; set; }

    /// <summary>Whether the vision tower is left out of training: it gets no gradient.</summary>
    public bool IsVisionFrozen { get; set; }

    /// <summary>Whether training changes something of the vision tower: its weights, or an adapter on them.</summary>
    private bool TrainsVision => _vision is not null && !IsVisionFrozen && Trained.Specs.Any(spec => spec.Name.Contains("visual.", StringComparison.Ordinal));

    private Tensor Embedding => Parameters[ModelLayout.Embedding];

    /// <summary>Makes a model with random weights; the same seed gives the same weights on every device and library version.</summary>
    public static CausalLM Create(ModelConfig config, Device device, ScalarType dtype, ulong seed)
    {
        var model = new CausalLM(config, device, dtype);
        RandomWeights.Fill(model.Parameters, config, seed);
        return model;
    }

    /// <summary>A copy with its own weights, such as the frozen reference of reinforcement learning; an adapter is merged into them.</summary>
    public CausalLM Clone()
    {
        var copy = new CausalLM(Config, Device, Dtype) { PositionRule = PositionRule, IsVisionFrozen = IsVisionFrozen, Origin = Origin };
        copy.CopyFrom(this);
        return copy;
    }

    /// <summary>Takes over the weights of a model of the same layout; an adapter of that one is merged into them.</summary>
    public void CopyFrom(CausalLM source)
    {
        Parameters.CopyFrom(source.Parameters);
        source.Adapter?.MergeInto(this);
    }

    /// <summary>A second model over the same weights without this one's adapter; dispose it first.</summary>
    public CausalLM WithoutAdapter() => new(Config, Parameters.View()) { PositionRule = PositionRule, Origin = Origin };

    /// <summary>
    /// Final-norm states (B, T, C) of token ids (B, T). Without a mask the rows are padded on the right and positions
    /// count from 0; what stands at padding positions is meaningless. A mask (B, T), 1 at real tokens, allows padding
    /// on either side; positions then count real tokens. <paramref name="vision"/> holds the media that placeholder tokens
    /// stand for.
    /// </summary>
    public Tensor Hidden(Tensor idsBT, Tensor? attentionMaskBT = null, VisionInputs? vision = null)
    {
        using var scope = NewDisposeScope();
        var (x, pass) = Begin(idsBT, attentionMaskBT, vision);
        return Normed(Run(x, pass)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Final-norm states (N, C) at chosen places of right-padded rows: <paramref name="placesN"/> are indices into the
    /// flattened (B*T). Norm and whatever follows run on these places alone.
    /// </summary>
    public Tensor HiddenAt(Tensor idsBT, Tensor placesN, VisionInputs? vision = null)
    {
        using var scope = NewDisposeScope();
        var (x, pass) = Begin(idsBT, null, vision);
        return NormedAt(Run(x, pass), placesN).MoveToOuterDisposeScope();
    }

    /// <summary>Logits (..., V) of final-norm states (..., C), in the model's number format; of a reward model its scores.</summary>
    public Tensor Logits(Tensor hidden) => _head.Apply(hidden);

    /// <summary>
    /// Natural log-probabilities (N) in float32 of targets (N) under final-norm states (N, C), differentiable. The
    /// logits of all N rows exist at once; <see cref="Training.TokenLogProbs"/> bounds that.
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
    /// <param name="lengths">Real tokens per prompt.</param>
    /// <param name="cache">A cache of this model's sizes.</param>
    /// <param name="samplesPerPrompt">Rows per prompt.</param>
    /// <param name="vision">The media of the prompts.</param>
    /// <returns>Final-norm states (B, C) of each prompt's last token, one per prompt whatever the number of samples.</returns>
    public Tensor Prefill(Tensor idsBT, ReadOnlySpan<int> lengths, KvCache cache, int samplesPerPrompt = 1, VisionInputs? vision = null)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var first = cache.Append(lengths, samplesPerPrompt);
        var pieces = new List<Tensor>();
        for (var start = 0; start < lengths.Length;)
        {
            var count = (int)Math.Clamp(PrefillTokens / idsBT.size(1), 1, lengths.Length - start);
            var piece = lengths.Slice(start, count);
            pieces.Add(PrefillPiece(idsBT.narrow(0, start, count), piece, cache, first + (start * samplesPerPrompt), samplesPerPrompt, vision?.Slice(start, count)));
            start += count;
        }

        return (pieces.Count == 1 ? pieces[0] : cat(pieces, 0)).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Feeds one token to every row of the cache (its position is the row's length, shifted where the row has media) and
    /// keeps its keys and values.
    /// </summary>
    /// <param name="idsR">Token ids (R), one per row in use, in row order.</param>
    /// <param name="cache">The rows as <see cref="Prefill"/> and earlier steps left them.</param>
    /// <returns>Final-norm states (R, C).</returns>
    public Tensor Decode(Tensor idsR, KvCache cache)
    {
        if (idsR.size(0) != cache.Rows)
        {
            throw new InvalidOperationException($"{idsR.size(0)} tokens for {cache.Rows} KV cache rows");
        }

        cache.CheckRoomForOne();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var positions = cache.NextPositions();
        var angles = _rotary.At(tensor(positions, dtype: ScalarType.Int64, device: Device), (int)positions.Max());
        var step = new DecodeStep(cache, Config, angles, Device, Dtype);
        var x = Embedding.index_select(0, idsR);
        foreach (var layer in _layers)
        {
            x = layer.Decode(x, step);
        }

        cache.Advance();
        return Normed(x).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The stream (B, T, C) before the first layer, media in their places, and what the layers share. Arguments as in
    /// <see cref="Hidden"/>; <paramref name="shift"/> receives how far each row's media shift the positions after them;
    /// <paramref name="tower"/> has seen the media already.
    /// </summary>
    internal (Tensor StreamBTC, SequencePass Pass) Begin(Tensor idsBT, Tensor? attentionMaskBT, VisionInputs? vision, Action<int[]>? shift = null, TowerPass? tower = null)
    {
        var (batch, tokens) = (idsBT.size(0), idsBT.size(1));
        var mask = attentionMaskBT is null
            ? AttentionMask.Causal(tokens, Config.Window, Device, Dtype)
            : AttentionMask.Padded(attentionMaskBT, Config.Window, Dtype);
        var x = Embedding.index_select(0, idsBT.reshape(-1)).view(batch, tokens, Config.HiddenSize);
        var angles = Angles(idsBT, attentionMaskBT, vision, ref x, shift, tower);
        return (x, new(angles, mask));
    }

    /// <summary>A pass of the vision tower that keeps no activations; null where there is nothing to see, or nothing of the tower is trained.</summary>
    internal TowerPass? BeginTower(VisionInputs? vision) => vision is not null && TrainsVision ? _vision!.BeginTower(vision, Device, Dtype) : null;

    /// <summary>The stream (B, T, C) after one layer.</summary>
    internal Tensor RunLayer(int index, Tensor xBTC, SequencePass pass) => _layers[index].Forward(xBTC, pass);

    /// <summary>Final-norm states (N, C) of the stream after the last layer, at places of the flattened (B*T).</summary>
    internal Tensor NormedAt(Tensor xBTC, Tensor placesN)
    {
        using var scope = NewDisposeScope();
        return Normed(xBTC.view(-1, Config.HiddenSize).index_select(0, placesN)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Adapter?.Dispose();
        _vision?.Dispose();
        _rotary.Dispose();
        Parameters.Dispose();
    }

    private Tensor PrefillPiece(Tensor idsBT, ReadOnlySpan<int> lengths, KvCache cache, int firstRow, int samplesPerPrompt, VisionInputs? vision)
    {
        using var scope = NewDisposeScope();
        var tokens = 0;
        foreach (var length in lengths)
        {
            tokens = Math.Max(tokens, length);
        }

        var last = new long[lengths.Length];
        for (var row = 0; row < last.Length; row++)
        {
            last[row] = (row * tokens) + lengths[row] - 1;
        }

        var (x, pass) = Begin(idsBT.narrow(1, 0, tokens), null, vision, deltas => cache.Shift(firstRow, samplesPerPrompt, deltas));
        var stream = Run(x, pass, (layer, keys, values) => cache.Store(layer, firstRow, samplesPerPrompt, keys, values));
        return NormedAt(stream, tensor(last, dtype: ScalarType.Int64, device: Device)).MoveToOuterDisposeScope();
    }

    private Tensor Normed(Tensor x) => RmsNorm.Apply(x, Parameters[ModelLayout.FinalNorm], Config.RmsNormEpsilon);

    private Tensor Run(Tensor xBTC, SequencePass pass, Action<int, Tensor, Tensor>? store = null)
    {
        using var scope = NewDisposeScope();
        var x = xBTC;
        foreach (var layer in _layers)
        {
            x = layer.Forward(x, pass, store);
        }

        return x.MoveToOuterDisposeScope();
    }

    private (Tensor Cos, Tensor Sin) Angles(Tensor idsBT, Tensor? attentionMaskBT, VisionInputs? vision, ref Tensor x, Action<int[]>? shift, TowerPass? tower)
    {
        var tokens = (int)idsBT.size(1);
        if (vision is not null)
        {
            var reader = _vision ?? throw new InvalidOperationException("media for a model without a vision tower");
            var positions = reader.Positions(idsBT, attentionMaskBT, vision, PositionRule);
            x = reader.Embed(x, vision, positions, IsVisionFrozen, tower);
            shift?.Invoke(positions.Deltas);
            return reader.Angles(positions, idsBT.size(0), Device);
        }

        return attentionMaskBT is null
            ? _rotary.First(tokens)
            : _rotary.At(attentionMaskBT.to(ScalarType.Int64).cumsum(1).sub_(1).clamp_(min: 0), tokens - 1);
    }
}
