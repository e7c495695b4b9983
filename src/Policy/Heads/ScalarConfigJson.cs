using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Options;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Heads;

/// <summary>What <c>config.json</c> says of heads under <c>r1reward_scalar</c>.</summary>
internal static class ScalarConfigJson
{
    /// <summary>The section of a model's heads.</summary>
    internal static JObject Write(ScalarConfig scalar) => new()
    {
        ["heads"] = new JArray(scalar.Heads),
        ["kind"] = EnumNames.Dashed(scalar.Kind),
        ["pooling"] = EnumNames.Dashed(scalar.Pooling),
        ["pooling_parts"] = scalar.PoolingParts,
        ["probing_layer"] = scalar.ProbingLayer,
        ["probing_rule"] = EnumNames.Dashed(scalar.ProbingRule),
        ["pools_padding"] = scalar.PoolsPadding,
        ["scale_for_training"] = scalar.ScaleForTraining,
    };

    /// <summary>Reads a section; what is missing has its default.</summary>
    /// <param name="section">The value of the key.</param>
    /// <param name="origin">The file, for messages.</param>
    /// <param name="model">The model that the heads stand on.</param>
    /// <exception cref="UserErrorException">A value is of the wrong kind, unknown, or does not fit.</exception>
    internal static ScalarConfig Read(JToken section, string origin, ModelConfig model)
    {
        var usual = new ScalarConfig();
        try
        {
            var json = (JObject)section;
            var scalar = new ScalarConfig
            {
                Heads = json["heads"]?.ToObject<string[]>() ?? usual.Heads,
                Kind = Named(json, "kind", usual.Kind),
                Pooling = Named(json, "pooling", usual.Pooling),
                PoolingParts = (int?)json["pooling_parts"] ?? usual.PoolingParts,
                ProbingLayer = (int?)json["probing_layer"] ?? usual.ProbingLayer,
                ProbingRule = Named(json, "probing_rule", usual.ProbingRule),
                PoolsPadding = (bool?)json["pools_padding"] ?? usual.PoolsPadding,
                ScaleForTraining = (bool?)json["scale_for_training"] ?? usual.ScaleForTraining,
            };
            Check(scalar, model, origin);
            return scalar;
        }
        catch (Exception broken) when (broken is Newtonsoft.Json.JsonException or FormatException
            or InvalidCastException or ArgumentException or OverflowException)
        {
            throw new UserErrorException($"{origin}: {ModelConfig.ScalarKey} cannot be read: {broken.Message}", broken);
        }
    }

    /// <summary>Refuses heads that a model cannot carry.</summary>
    /// <exception cref="UserErrorException">They are named twice or not at all, or sizes do not divide.</exception>
    internal static void Check(ScalarConfig scalar, ModelConfig model, string origin)
    {
        if (scalar.Heads.Count == 0 || scalar.Heads.Distinct().Count() != scalar.Heads.Count
            || scalar.Heads.Any(name => string.IsNullOrWhiteSpace(name) || name.Contains('.')))
        {
            throw new UserErrorException($"{origin}: heads need names, none twice and none with a dot");
        }

        if (scalar.Pooling == ScalarPooling.Attention
            && (scalar.PoolingParts < 1 || model.HiddenSize % scalar.PoolingParts != 0))
        {
            throw new UserErrorException(
                $"{origin}: {scalar.PoolingParts} parts of the pooling query do not divide the model's width "
                + $"{model.HiddenSize}");
        }

        try
        {
            scalar.StatesAfter(model.Layers);
        }
        catch (ArgumentOutOfRangeException outside)
        {
            throw new UserErrorException(
                $"{origin}: probing layer {scalar.ProbingLayer} is not one of a model of {model.Layers} layers",
                outside);
        }
    }

    private static T Named<T>(JObject json, string key, T otherwise)
        where T : struct, Enum
    {
        if ((string?)json[key] is not { } name)
        {
            return otherwise;
        }

        return EnumNames.Values<T>().TryGetValue(name, out var value)
            ? value
            : throw new FormatException($"{key} is {name}, none of {string.Join(", ", EnumNames.Values<T>().Keys)}");
    }
}
