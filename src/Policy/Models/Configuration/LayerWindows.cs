using Newtonsoft.Json;
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
    internal static bool[] Read(ConfigSection decoder, int layers)
    {
        if (decoder["layer_types"] is not JArray types)
        {
            var first = (int?)decoder["max_window_layers"] ?? 28;
            return [.. Enumerable.Range(0, layers).Select(layer => layer >= first)];
        }

        if (types.Count != layers || types.Any(type => (string?)type is not (Full or Sliding)))
        {
            var found = types.ToString(Formatting.None);
            decoder.Problems.Add(
                $"layer_types must name {Full} or {Sliding} for each of the {layers} layers but is {found}");
        }

        return [.. types.Select(type => (string?)type == Sliding)];
    }

    /// <summary>The value of <c>layer_types</c>.</summary>
    internal static JArray Write(IEnumerable<bool> windowed) => new(windowed.Select(one => one ? Sliding : Full));
}
