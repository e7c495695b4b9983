using R1Reward.Policy.Models;
using R1Reward.Policy.Parameters;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Heads;

/// <summary>
/// The heads of a scalar model: pooling, layers and scale of each, in float32 whatever the model's number format, under
/// the names of the published checkpoints (<c>preference_head.0.weight</c>, <c>preference_attnpool.query</c>,
/// <c>preference_logit_scale</c>, <c>score.weight</c>).
/// </summary>
public sealed class ScalarHeads : IDisposable
{
    private const double FirstScale = 1 / 0.07;
    private const string ScoreWeight = ModelLayout.ScoreModule + ".weight";

    /// <summary>Allocates heads whose weights are zero.</summary>
    /// <param name="config">The heads.</param>
    /// <param name="width">Width C of the states that they read.</param>
    /// <param name="device">Where the weights live.</param>
    public ScalarHeads(ScalarConfig config, int width, Device device)
    {
        Config = config;
        Parameters = new ParameterTable(Specs(config, width), device, ScalarType.Float32);
    }

    /// <summary>Names, layers and pooling of the heads, as the checkpoint states them.</summary>
    public ScalarConfig Config { get; }

    /// <summary>The weights of all heads.</summary>
    public ParameterTable Parameters { get; }

    /// <summary>Makes heads with random weights; a seed gives the same ones everywhere.</summary>
    public static ScalarHeads Create(ScalarConfig config, int width, Device device, ulong seed)
    {
        var heads = new ScalarHeads(config, width, device);

        // The spread of PyTorch's fresh linear layers.
        RandomWeights.Fill(heads.Parameters, 1 / Math.Sqrt(3.0 * width), seed);
        using var mode = no_grad();
        foreach (var name in config.Heads.Where(_ => config.ScaleForTraining))
        {
            heads.Parameters[ScaleOf(name)].fill_(Kept(Math.Log(FirstScale)));
        }

        return heads;
    }

    /// <summary>
    /// What the scores of each head are multiplied by in training, where their differences are logits of a preference;
    /// 1 without a learned scale.
    /// </summary>
    public double[] TrainingScales()
    {
        using var mode = no_grad();
        return
        [
            .. Config.Heads.Select(name => Parameters.Find(ScaleOf(name)) is { } scale
                ? Math.Exp(scale.cpu().data<float>()[0])
                : 1),
        ];
    }

    /// <summary>Scores (B, heads) of states (B, T, C), differentiable.</summary>
    /// <param name="hiddenBTC">The states of the probed layer.</param>
    /// <param name="pooledBT">True at the tokens that count, at least one of each row; null: at all.</param>
    /// <param name="training">Whether the learned scale is applied, where the heads have one.</param>
    public Tensor Score(Tensor hiddenBTC, Tensor? pooledBT, bool training = false)
    {
        using var scope = NewDisposeScope();
        var hidden = hiddenBTC.to(ScalarType.Float32);
        var last = Config.Pooling == ScalarPooling.Last ? Last(hidden, pooledBT) : null;
        if (Config.Kind == HeadKind.Score)
        {
            var pooled = last ?? Attend(hidden, pooledBT, ModelLayout.ScoreModule);
            return nn.functional.linear(pooled, Parameters[ScoreWeight]).MoveToOuterDisposeScope();
        }

        var scores = Config.Heads.Select(name =>
        {
            var pooled = last ?? Attend(hidden, pooledBT, name);
            var score = HeadLayers.Apply(Config.Kind, name + "_head", Parameters, pooled);
            return training && Config.ScaleForTraining ? score * Parameters[ScaleOf(name)].exp() : score;
        });
        return stack([.. scores], 1).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose() => Parameters.Dispose();

    /// <summary>The weights that heads over states of a width have.</summary>
    internal static IReadOnlyList<ParameterSpec> Specs(ScalarConfig config, int width)
    {
        var pooled = config.Pooling == ScalarPooling.Attention;
        if (config.Kind == HeadKind.Score)
        {
            var pooling = pooled ? AttentionPooling.Specs(PoolingOf(ModelLayout.ScoreModule), width) : [];
            return [.. pooling, new(ScoreWeight, [config.Heads.Count, width], ParameterStart.Normal)];
        }

        return
        [
            .. config.Heads.SelectMany(name => (IEnumerable<ParameterSpec>)
            [
                .. pooled ? AttentionPooling.Specs(PoolingOf(name), width) : [],
                .. HeadLayers.Specs(config.Kind, name + "_head", width),
                .. config.ScaleForTraining ? ScaleSpec(name) : [],
            ]),
        ];
    }

    private static IEnumerable<ParameterSpec> ScaleSpec(string name) => [new(ScaleOf(name), [1], ParameterStart.Zeros)];

    private static string PoolingOf(string name) => name + "_attnpool";

    private static string ScaleOf(string name) => name + "_logit_scale";

    private static Tensor Last(Tensor hiddenBTC, Tensor? pooledBT)
    {
        if (pooledBT is null)
        {
            return hiddenBTC.select(1, -1);
        }

        var tokens = hiddenBTC.size(1);
        var places = Range(tokens, ScalarType.Int64, hiddenBTC.device);
        var last = (pooledBT.to(ScalarType.Int64) * places).argmax(1);
        var rows = Range(hiddenBTC.size(0), ScalarType.Int64, hiddenBTC.device);
        return hiddenBTC.reshape(-1, hiddenBTC.size(2)).index_select(0, (rows * Kept(tokens)).Plus(last));
    }

    private Tensor Attend(Tensor hiddenBTC, Tensor? pooledBT, string name) =>
        AttentionPooling.Apply(hiddenBTC, pooledBT, Parameters, PoolingOf(name), Config.PoolingParts);
}
