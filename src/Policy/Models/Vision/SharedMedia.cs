using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Vision;

/// <summary>Media that stand in several places of a batch, and go through a tower once.</summary>
internal static class SharedMedia
{
    /// <summary>Each item of one kind of features once, however many places it stands in.</summary>
    internal static List<T> Distinct<T>(MediaInputs inputs)
        where T : MediaFeatures => [.. inputs.Rows.SelectMany(row => row).OfType<T>().Distinct()];

    /// <summary>From the tokens of each distinct item to those of all places, in the order of the prompts.</summary>
    internal static Tensor Spread<T>(Tensor tokensMC, MediaInputs inputs, MediaConfig config)
        where T : MediaFeatures
    {
        var shown = inputs.Rows.SelectMany(row => row).OfType<T>().ToList();
        var distinct = Distinct<T>(inputs);
        if (shown.Count == distinct.Count)
        {
            return tokensMC;
        }

        var firsts = new Dictionary<MediaFeatures, long>();
        var first = 0L;
        foreach (var item in distinct)
        {
            firsts.Add(item, first);
            first += config.TokensOf(item);
        }

        IEnumerable<long> Places(MediaFeatures item) =>
            Enumerable.Range(0, config.TokensOf(item)).Select(token => firsts[item] + token);
        var order = shown.SelectMany(Places).ToArray();
        return tokensMC.index_select(0, tensor(order, dtype: ScalarType.Int64, device: tokensMC.device));
    }
}
