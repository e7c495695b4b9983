using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>Which layers of a decoder see a window, as <c>config.json</c> states it.</summary>
internal static class LayerWindows
{
    private const string Full = "full_attention";
    private const string Sliding = "sliding_attention";

    /// <summary>
    /// Reads <c>layer_types</c> or, in files before transformers 4.53, takes the layers from <c>max_window_layers</c>
    /// on.
    /// </summary>
    /// <param name="decoder">The part of the file about the decoder.</param>
    /// <param name="layers">Number of its layers.</param>
    /// <param name="window">Keys that a windowed layer sees; null: no layer may be windowed.</param>
    /// <returns>Whether each layer is windowed; nothing where there is no window.</returns>
    internal static bool[] Read(ConfigSection decoder, int layers, int? window)
    {
        if (decoder["layer_types"] is not { } types)
        {
            var first = decoder.Index("max_window_layers", 28);
            return window is null ? [] : [.. Enumerable.Range(0, layers).Select(layer => layer >= first)];
        }

        if (types is not JArray list || list.Count != layers || list.Any(type => !IsNamed(type, Full, Sliding)))
        {
            decoder.Problems.Add(
                $"layer_types must name {Full} or {Sliding} for each of the {layers} layers "
                + $"but is {ForeignValue.Shown(types)}");
            return [];
        }

        if (window is null && list.Any(type => IsNamed(type, Sliding)))
        {
            decoder.Problems.Add(
                $"layer_types names {Sliding}, but use_sliding_window and sliding_window give no window");
        }

        return window is null ? [] : [.. list.Select(type => IsNamed(type, Sliding))];
    }

    /// <summary>The value of <c>layer_types</c>.</summary>
    internal static JArray Write(IEnumerable<bool> windowed) =>
        new(windowed.Select(isWindowed => isWindowed ? Sliding : Full));

    private static bool IsNamed(JToken type, params ReadOnlySpan<string> names) =>
        type.Type == JTokenType.String && names.Contains((string?)type);
}
