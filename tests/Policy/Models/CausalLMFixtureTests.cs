using R1Reward.Policy.Models;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Models;

public sealed class CausalLMFixtureTests
{
    public static TheoryData<string> Forward() => LanguageModelCase.OfKind("forward");

    public static TheoryData<string> Cached() => LanguageModelCase.OfKind("kv-cache");

    [FixtureTheory]
    [MemberData(nameof(Forward))]
    public void Real_positions_agree_with_the_reference_however_rows_are_padded(string name)
    {
        var one = LanguageModelCase.Open(name);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = one.LoadModel();
        var rows = LanguageModelCase.Rows(one.Json["rows"]!);
        var places = LanguageModelCase.Rows(one.Json["logit_positions"]!);
        var expected = one.Tensors.Floats("logits");
        foreach (var padding in new[] { "right_padded", "left_padded" })
        {
            var ids = LanguageModelCase.Ids(LanguageModelCase.Rows(one.Json[padding]!["input_ids"]!));
            var mask = LanguageModelCase.Ids(LanguageModelCase.Rows(one.Json[padding]!["attention_mask"]!));
            Check(model.Hidden(ids, mask), row => padding == "left_padded" ? (int)ids.size(1) - rows[row].Length : 0, padding);
        }

        Check(model.Hidden(LanguageModelCase.Ids(rows)), _ => 0, "without mask");

        void Check(Tensor hidden, Func<int, int> start, string what)
        {
            var logits = places.SelectMany((row, b) => row.SelectMany(t => LanguageModelCase.Values(model.Logits(hidden[b, start(b) + t])))).ToArray();
            LanguageModelCase.Close(expected, logits, one.Tolerance, what);
        }
    }

    [FixtureTheory]
    [MemberData(nameof(Forward))]
    public void Token_log_probs_agree_with_the_reference_in_one_chunk_and_in_many(string name)
    {
        var one = LanguageModelCase.Open(name);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = one.LoadModel();
        var rows = LanguageModelCase.Rows(one.Json["rows"]!);
        var values = rows.SelectMany(row =>
        {
            var hidden = model.Hidden(LanguageModelCase.Ids([row]))[0].narrow(0, 0, row.Length - 1);
            var targets = LanguageModelCase.Ids([row[1..]])[0];
            var whole = LanguageModelCase.Values(R1Reward.Policy.Training.TokenLogProbs.Compute(model, hidden, targets));
            var chunked = LanguageModelCase.Values(R1Reward.Policy.Training.TokenLogProbs.Compute(model, hidden, targets, 3L * model.Config.VocabularySize));
            LanguageModelCase.Close(whole, chunked, 1e-5, "chunked");
            return whole;
        }).ToArray();
        LanguageModelCase.Close(one.Tensors.Floats("token_logprobs"), values, one.Tolerance, "token_logprobs");
    }

    [FixtureTheory]
    [MemberData(nameof(Cached))]
    public void Decoding_over_the_cache_equals_whole_passes(string name)
    {
        var one = LanguageModelCase.Open(name);
        using var scope = NewDisposeScope();
        using var model = one.LoadModel();
        var rows = LanguageModelCase.Rows(one.Json["rows"]!);
        var lengths = one.Json["prefill_lengths"]!.ToObject<int[]>()!;
        var steps = (int)one.Json["steps"]!;
        using var cache = new KvCache(model.Config, rows.Length, rows.Max(row => row.Length), CPU, ScalarType.Float32);
        var prompts = rows.Select((row, i) => row[..lengths[i]]).ToArray();
        var logits = new List<float[]> { LanguageModelCase.Values(model.Logits(model.Prefill(LanguageModelCase.Ids(prompts), lengths, cache))) };
        for (var step = 0; step < steps; step++)
        {
            var next = tensor(rows.Select((row, i) => (long)row[lengths[i] + step]).ToArray(), dtype: ScalarType.Int64, device: CPU);
            logits.Add(LanguageModelCase.Values(model.Logits(model.Decode(next, cache))));
        }

        var vocabulary = model.Config.VocabularySize;
        var expected = one.Tensors.Floats("logits");
        for (var row = 0; row < rows.Length; row++)
        {
            for (var step = 0; step <= steps; step++)
            {
                var start = ((row * (steps + 1)) + step) * vocabulary;
                LanguageModelCase.Close(expected[start..(start + vocabulary)], logits[step][(row * vocabulary)..((row + 1) * vocabulary)], one.Tolerance, $"row {row} step {step}");
            }
        }

        Assert.Equal(lengths.Select(length => length + steps), cache.Lengths.ToArray());
    }
}
