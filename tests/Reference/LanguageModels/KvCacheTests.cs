using R1Reward.Policy.Models.Decoder;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class KvCacheTests
{
    [ReferenceTheory("language-models", "cache-*")]
    public void Decoding_over_the_cache_equals_whole_passes(string name)
    {
        var one = new LanguageModelCase(name);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = one.LoadModel();
        var rows = LanguageModelCase.Rows(one.Json["rows"]!);
        var lengths = one.Json["prefill_lengths"]!.ToObject<int[]>()!;
        var steps = (int)one.Json["steps"]!;
        using var cache = new KvCache(
            model.Config,
            rows.Length,
            rows.Max(row => row.Length),
            CPU,
            ScalarType.Float32);
        var logits = new List<Tensor>
        {
            model.Logits(
                model.Prefill(Numbers.Ids([.. rows.Select((row, i) => row[..lengths[i]])]), lengths, cache)),
        };
        for (var step = 0; step < steps; step++)
        {
            var next = tensor(
                rows.Select((row, i) => (long)row[lengths[i] + step]).ToArray(),
                dtype: ScalarType.Int64,
                device: CPU);
            logits.Add(model.Logits(model.Decode(next, cache)));
        }

        Numbers.Close(
            one.Tensors.Floats("logits"),
            Numbers.Values(stack(logits, 1)),
            one.Tolerance,
            "logits by row and step");
        Assert.Equal(lengths.Select(length => length + steps), cache.Lengths.ToArray());
        var (keys, values) = cache.Layer(0);
        Numbers.Close(
            one.Tensors.Floats("layer0.keys.row0"),
            Cached(keys),
            one.Tolerance,
            "keys of the first layer");
        Numbers.Close(
            one.Tensors.Floats("layer0.values.row0"),
            Cached(values),
            one.Tolerance,
            "values of the first layer");

        float[] Cached(Tensor slab) => Numbers.Values(slab[0].narrow(1, 0, cache.Lengths[0]));
    }
}
