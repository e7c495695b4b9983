using Newtonsoft.Json.Linq;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using R1Reward.Reference.Tests.LanguageModels;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.Adapters;

public sealed class LoraTests
{
    [ReferenceTheory("language-models", "lora-*")]
    public void A_peft_adapter_computes_what_it_does_there(string name)
    {
        var one = new LanguageModelCase(name);
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        using var model = one.LoadModel();
        using var adapter = LoraAdapter.Load(model, Folder(one));
        Assert.Equal(
            one.Json["scaling"]!.ToObject<Dictionary<string, double>>()!.OrderBy(one => one.Key),
            adapter.Scalings.OrderBy(one => one.Key));
        Assert.Equal((long)one.Json["trainable_parameters"]!, adapter.Parameters.Count);
        var expected = one.Tensors.Floats("logits");
        Numbers.Close(expected, Logits(model, one), one.Tolerance, "logits");

        using var merged = model.Clone();
        Numbers.Close(expected, Logits(merged, one), one.Tolerance, "logits after merging");
        foreach (var tensor in one.Tensors.Names.Where(other => other.StartsWith("merged.", StringComparison.Ordinal)))
        {
            var weight = merged.Parameters[tensor["merged.".Length..]];
            Numbers.Close(one.Tensors.Floats(tensor), Numbers.Values(weight), one.Tolerance, tensor);
        }

        using var untouched = one.LoadModel();
        Assert.All(model.Parameters.Specs, spec =>
            Assert.Equal(
                Numbers.Values(untouched.Parameters[spec.Name]),
                Numbers.Values(model.Parameters[spec.Name])));
        using (var bare = model.WithoutAdapter())
        {
            BaseLogits(one, bare);
        }

        adapter.Dispose();
        BaseLogits(one, model);
    }

    [ReferenceTheory("language-models", "lora-*")]
    public void Training_changes_the_adapter_as_peft_does_and_nothing_else(string name)
    {
        var one = new LanguageModelCase(name);
        var settings = one.Json["training"]!;
        var rows = LanguageModelCase.LabelledRows(one.Json);
        using var model = one.LoadModel();
        using var adapter = LoraAdapter.Load(model, Folder(one));
        using var optimizer = new AdamW(model.Trained, new AdamWOptions
        {
            Beta1 = (double)settings["betas"]![0]!,
            Beta2 = (double)settings["betas"]![1]!,
            Epsilon = (double)settings["eps"]!,
            WeightDecay = (double)settings["weight_decay"]!,
            DecayAll = true,
            MaxGradientNorm = (double?)settings["clipping"] ?? double.PositiveInfinity,
        });
        Assert.Equal((double)one.Json["loss"]!, Backward(model, rows), one.Tolerance);
        var tolerance = (double)one.Json["checksum_tolerance"]!;
        Checksums.Close(
            one.Json["gradient_checksums"]!,
            key => adapter.Parameters[key].grad!,
            tolerance,
            "gradient of");
        foreach (var full in one.Tensors.Names.Where(full => full.StartsWith("grad.", StringComparison.Ordinal)))
        {
            Numbers.Close(
                one.Tensors.Floats(full),
                Numbers.Values(adapter.Parameters[full["grad.".Length..]].grad!),
                one.Tolerance,
                full);
        }

        Assert.All(model.Parameters.Specs, spec => Assert.Null(model.Parameters[spec.Name].grad));
        optimizer.ZeroGradients();
        var trainer = new SftTrainer(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = (double)settings["lr"]! },
            new SftOptions());
        foreach (var expected in settings["losses"]!)
        {
            var step = trainer.Step(rows);
            AfterSteps.Close((double)expected, step.Loss, one.Tolerance, $"loss of step {step.Step}");
        }

        AfterSteps.Close(
            (double)settings["loss_after"]!,
            trainer.Evaluate(rows),
            one.Tolerance,
            "loss after the steps");
        var after = $"after_step_{settings["losses"]!.Count()}.";
        foreach (var full in one.Tensors.Names.Where(full => full.StartsWith(after, StringComparison.Ordinal)))
        {
            var parameters = Numbers.Values(adapter.Parameters[full[after.Length..]]);
            AfterSteps.Close(one.Tensors.Floats(full), parameters, (double)settings["tolerance_parameters"]!, full);
        }

        using var untouched = one.LoadModel();
        Assert.All(model.Parameters.Specs, spec =>
            Assert.Equal(
                Numbers.Values(untouched.Parameters[spec.Name]),
                Numbers.Values(model.Parameters[spec.Name])));
    }

    [ReferenceTheory("language-models", "lora-*")]
    public void A_saved_adapter_is_the_adapter_that_was_read(string name)
    {
        var one = new LanguageModelCase(name);
        using var scope = NewDisposeScope();
        using var copy = new TempFolder();
        using var model = one.LoadModel();
        using var adapter = LoraAdapter.Load(model, Folder(one));
        adapter.Save(copy.Path);
        const string weights = "adapter_model.safetensors";
        var (original, saved) = (
            TensorFile.Open(Path.Combine(Folder(one), weights)),
            TensorFile.Open(copy.At(weights)));
        Assert.Equal(
            one.Json["adapter_tensors"]!.Select(tensor => ((JProperty)tensor).Name).Order(),
            saved.Names.Order());
        Assert.All(original.Names, tensor => Assert.Equal(original.Floats(tensor), saved.Floats(tensor)));
        JObject Config(string folder) => JObject.Parse(File.ReadAllText(Path.Combine(folder, "adapter_config.json")));
        Assert.True(JToken.DeepEquals(Config(Folder(one)), Config(copy.Path)), Config(copy.Path).ToString());
    }

    private static string Folder(LanguageModelCase one) => Fixtures.Path(((string)one.Json["adapter"]!).Split('/'));

    private static IEnumerable<int[]> Rows(LanguageModelCase one) =>
        LanguageModelCase.LabelledRows(one.Json).Select(row => row.Tokens.ToArray());

    private static float[] Logits(CausalLM model, LanguageModelCase one)
    {
        using var mode = no_grad();
        return [.. Rows(one).SelectMany(row => Numbers.Values(model.Logits(model.Hidden(Numbers.Ids([row])))))];
    }

    private static void BaseLogits(LanguageModelCase one, CausalLM model)
    {
        var (every, width) = ((int)one.Json["logits_base_are_every"]!, model.Config.VocabularySize);
        Numbers.Close(
            one.Tensors.Floats("logits_base"),
            [.. Logits(model, one).Chunk(width).Where((_, i) => i % every == 0).SelectMany(row => row)],
            one.Tolerance,
            "logits without adapter");
    }

    private static double Backward(CausalLM model, List<TrainingRow> rows)
    {
        using var scope = NewDisposeScope();
        var batch = TokenBatch.From(rows, CPU);
        return TokenLogProbs
            .Backward(model, model.HiddenAt(batch.IdsBT, batch.PlacesN), batch.TargetsN, logProbs =>
                logProbs.mean().neg())
            .item<float>();
    }
}
