using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Pairs;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Safetensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Heads;

/// <summary>
/// Folders of scalar reward models: those of Hugging Face's <c>...ForSequenceClassification</c>, which its
/// <c>AutoModelForSequenceClassification</c> loads with their head, and those whose <c>config.json</c> says under
/// <c>r1reward_scalar</c> what the heads are. Hugging Face's <c>AutoModel</c> loads the decoder of the latter.
/// </summary>
public static class ScalarFolder
{
    private const string HeadsFile = "heads.safetensors";

    /// <summary>Whether a folder's configuration is that of a scalar reward model.</summary>
    public static bool IsIn(string directory)
    {
        var config = ModelConfig.Load(directory);
        return config.LabelCount > 0 || !config.HasOutput;
    }

    /// <summary>What the heads of a folder are.</summary>
    /// <exception cref="UserErrorException">It holds no scalar model, or says something unknown of it.</exception>
    public static ScalarConfig ConfigOf(string directory)
    {
        var config = ModelConfig.Load(directory);
        if (config.Source?[ModelConfig.ScalarKey] is { } heads)
        {
            return ScalarConfigJson.Read(heads, $"{directory}/{ModelConfig.FileName}", config);
        }

        return config.LabelCount > 0
            ? new ScalarConfig
            {
                Heads = Labels(config),
                Kind = HeadKind.Score,
                Pooling = ScalarPooling.Last,
            }
            : throw new UserErrorException(
                $"{directory} is a language model without heads for scores; name a scalar reward model, or train one "
                + "from it (docs/srm.md)");
    }

    /// <summary>
    /// What the heads of a folder are and how many weights they have, once the weights of the whole folder are found to
    /// fit; null where its model has none. Of the weights the headers alone are read.
    /// </summary>
    /// <exception cref="UserErrorException">The folder could not be loaded: all of it in one message.</exception>
    public static (ScalarConfig Heads, long Parameters)? Inspect(string directory)
    {
        var config = ModelConfig.Load(directory);
        if (config.LabelCount == 0 && config.Source?[ModelConfig.ScalarKey] is null)
        {
            return null;
        }

        var scalar = ConfigOf(directory);
        var specs = ScalarHeads.Specs(scalar, config.HiddenSize);
        CheckpointFiles.Open(directory).Check(Trunk(config), specs);
        return (scalar, specs.Sum(spec => spec.Count));
    }

    /// <summary>Reads a model with its heads.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="dtype">Number format of the decoder; heads are float32.</param>
    /// <param name="inParts">
    /// Whether there is no memory for the decoder's weights yet, of which each of several ranks is going to read its
    /// part with <see cref="LoadInto"/>, by <c>AdamW.TakeWeights</c>; heads are read whole.
    /// </param>
    /// <exception cref="UserErrorException">
    /// It holds no scalar model, or weights that do not fit: all of it in one message.
    /// </exception>
    public static ScalarModel Load(string directory, Device device, ScalarType dtype, bool inParts = false)
    {
        var scalar = ConfigOf(directory);
        var config = Trunk(ModelConfig.Load(directory));
        var heads = new ScalarHeads(scalar, config.HiddenSize, device);
        try
        {
            return new ScalarModel(
                Checkpoint.Load(directory, config, device, dtype, heads.Parameters, isHere: !inParts), heads);
        }
        catch
        {
            heads.Dispose();
            throw;
        }
    }

    /// <summary>Puts fresh heads on the model of a folder; an output layer that it has is left out.</summary>
    /// <param name="directory">A language model.</param>
    /// <param name="scalar">What the heads are.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="dtype">Number format of the decoder; heads are float32.</param>
    /// <param name="seed">Seed of the heads' weights.</param>
    /// <param name="inParts">As in <see cref="Load"/>.</param>
    /// <exception cref="UserErrorException">The folder is broken, or the heads do not fit the model.</exception>
    public static ScalarModel Start(
        string directory,
        ScalarConfig scalar,
        Device device,
        ScalarType dtype,
        ulong seed,
        bool inParts = false)
    {
        var config = Trunk(ModelConfig.Load(directory));
        ScalarConfigJson.Check(scalar, config, directory);
        var backbone = Checkpoint.Load(directory, config, device, dtype, isHere: !inParts);
        return new ScalarModel(backbone, ScalarHeads.Create(scalar, config.HiddenSize, device, seed));
    }

    /// <summary>
    /// Reads the decoder's weights into a model that was made of a folder, or the part of them that it holds.
    /// </summary>
    /// <param name="model">The model; its heads stay as they are.</param>
    /// <param name="directory">The folder.</param>
    /// <exception cref="UserErrorException">It holds weights that do not fit: all of it in one message.</exception>
    public static void LoadInto(ScalarModel model, string directory) => Checkpoint.LoadInto(
        model.Backbone, directory, IsIn(directory) ? model.Heads.Parameters.Specs : null);

    /// <summary>
    /// Writes a folder; it is made if missing. An adapter is merged into what is written, so that the folder needs no
    /// other.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="directory">The folder.</param>
    /// <param name="dtype">
    /// Number format to store the decoder in, the heads in float32; null: the one that each weight was read in.
    /// </param>
    public static void Save(ScalarModel model, string directory, ScalarType? dtype = null)
    {
        Directory.CreateDirectory(directory);
        using var merged = model.Backbone.Adapter is null ? null : model.Backbone.Clone();
        var backbone = merged ?? model.Backbone;
        Checkpoint.Save(
            backbone,
            directory,
            [
                .. Checkpoint.Stored(backbone, backbone.Parameters, dtype),
                .. Checkpoint.Stored(backbone, model.Heads.Parameters, dtype is null ? null : ScalarType.Float32),
            ],
            ConfigFor(model));
    }

    /// <summary>Writes heads alone, beside an adapter that training goes on with.</summary>
    internal static void SaveHeads(ScalarHeads heads, string directory) => SafetensorsWriter.Write(
        Path.Combine(directory, HeadsFile),
        [.. heads.Parameters.Specs.Select(spec => (spec.Name, (Tensor)heads.Parameters[spec.Name]))]);

    /// <summary>Reads what <see cref="SaveHeads"/> has written into heads of the same kind.</summary>
    internal static void LoadHeads(ScalarHeads heads, string directory)
    {
        var file = SafetensorsFile.Open(Path.Combine(directory, HeadsFile));
        foreach (var spec in heads.Parameters.Specs)
        {
            file.CopyTo(spec.Name, heads.Parameters[spec.Name]);
        }
    }

    private static JObject ConfigFor(ScalarModel model)
    {
        var scalar = model.Config;
        var config = model.Backbone.Config;
        if (IsClassifier(scalar, config.Layers))
        {
            var json = ModelConfigWriter.Write(config with { LabelCount = scalar.Heads.Count, HasOutput = true });
            ModelConfigWriter.WriteLabels(json, scalar.Heads);
            json.Remove(ModelConfig.ScalarKey);
            return json;
        }

        var whole = ModelConfigWriter.Write(config);
        whole[ModelConfig.ScalarKey] = ScalarConfigJson.Write(scalar);
        return whole;
    }

    /// <summary>Whether Hugging Face's class computes the same.</summary>
    private static bool IsClassifier(ScalarConfig scalar, int layers) =>
        scalar is { Kind: HeadKind.Score, Pooling: ScalarPooling.Last, PoolsPadding: false }
        && scalar.StatesAfter(layers) == layers;

    private static ModelConfig Trunk(ModelConfig config) => config with { LabelCount = 0, HasOutput = false };

    // A single score without a name of its own is the preference.
    private static string[] Labels(ModelConfig config)
    {
        const string nameless = "LABEL_";
        var named = config.Source?["id2label"] as JObject;
        string[] names =
        [
            .. Enumerable.Range(0, config.LabelCount)
                .Select(index => (string?)named?[$"{index}"] ?? $"{nameless}{index}"),
        ];
        return names is [nameless + "0"] ? [PreferencePair.PreferenceHead] : names;
    }
}
