using System.Globalization;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class TrainingTests
{
    [ReferenceTheory("language-models", "gradients-*")]
    public void Loss_and_every_gradient_agree_with_the_reference(string name)
    {
        var one = new LanguageModelCase(name);
        using var model = one.LoadModel();
        foreach (
            var (chunkRows, checkpointing) in new[]
            {
                (1_000_000L, false),
                (7L, false),
                (1_000_000L, true),
                (7L, true),
            })
        {
            var loss = Backward(
                model,
                LanguageModelCase.LabelledRows(one.Json),
                chunkRows * model.Config.VocabularySize,
                checkpointing);
            Assert.Equal((double)one.Json["loss_mean_over_tokens"]!, loss, one.Tolerance);
            Checksums.Close(
                one.Json["checksums"]!,
                weight => Gradient(model, weight),
                (double)one.Json["checksum_tolerance"]!,
                "gradient of");
            foreach (
                var full in one.Tensors.Names.Where(full => full.StartsWith("grad.", StringComparison.Ordinal)))
            {
                Numbers.Close(
                    one.Tensors.Floats(full),
                    Numbers.Values(model.Parameters[full[5..]].grad!),
                    (double)one.Json["tolerance_gradients"]!,
                    full);
            }

            model.Parameters.ZeroGradients();
        }
    }

    [ReferenceTheory("language-models", "gradient-accumulation*")]
    public void Micro_batches_add_up_to_the_gradient_of_the_whole_batch(string name)
    {
        var one = new LanguageModelCase(name);
        using var model = one.LoadModel();
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions());
        // A micro-batch holds two of the longest rows, so there are several.
        var tokens = 2 * LanguageModelCase.Rows(one.Json["input_ids"]!)[0].Length;
        var trainer = new SftTrainer(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = 0 },
            new SftOptions { MicroBatchTokens = tokens });
        var step = trainer.Step(LanguageModelCase.LabelledRows(one.Json));
        Assert.Equal((double)one.Json["loss"]!, step.Loss, one.Tolerance);
        Assert.Equal((double)one.Json["gradient_norm"]!, step.GradientNorm, one.Tolerance * 10);
        Assert.Equal((int)one.Json["labelled_targets"]!, step.Targets);
    }

    [ReferenceTheory("language-models", "train-*")]
    public void A_training_run_follows_the_reference_step_by_step(string name)
    {
        var one = new LanguageModelCase(name);
        var settings = one.Json["settings"]!;
        using var model = one.LoadModel();
        var decayAll = one.Json["decayed_parameters"]!.Count() == model.Parameters.Specs.Count;
        Assert.Equal(
            one.Json["decayed_parameters"]!.Values<string>().Order(),
            model.Parameters.Specs.Where(spec => decayAll || spec.Decays).Select(spec => spec.Name).Order());
        using var optimizer = new AdamW(model.Parameters, new AdamWOptions
        {
            Beta1 = (double)settings["betas"]![0]!,
            Beta2 = (double)settings["betas"]![1]!,
            Epsilon = (double)settings["eps"]!,
            WeightDecay = (double)settings["weight_decay"]!,
            DecayAll = decayAll,
            MaxGradientNorm = (double)settings["max_grad_norm"]!,
        });
        var schedule = ScheduleCase.Read(settings, (double)settings["lr"]!, settings["schedule_arguments"]!);
        var trainer = new SftTrainer(model, optimizer, schedule, new SftOptions());
        var batches = one.Json["batches"]!.Select(LanguageModelCase.LabelledRows).ToList();
        var firstBatch = batches[(int)one.Json["batch_of_step"]![0]!];
        Assert.Equal((double)one.Json["steps"]![0]!["loss"]!, trainer.Evaluate(firstBatch), one.Tolerance);
        foreach (var (expected, batch) in one.Json["steps"]!.Zip(one.Json["batch_of_step"]!))
        {
            var step = trainer.Step(batches[(int)batch]);
            Assert.Equal((double)expected["lr"]!, step.LearningRate, 1e-12);
            AfterSteps.Close((double)expected["loss"]!, step.Loss, one.Tolerance, $"loss of step {step.Step}");
            Assert.Equal(
                (double)expected["grad_norm"]!,
                step.GradientNorm,
                (double)one.Json["tolerance_grad_norm"]! * Math.Max(1, (double)expected["grad_norm"]!));
            if (one.Json["checksums_after_step"]![$"{step.Step}"] is { } checksums)
            {
                Checksums.Close(
                    checksums,
                    weight => model.Parameters[weight],
                    (double)one.Json["checksum_tolerance"]!,
                    $"after step {step.Step}");
            }
        }

        var last = $"after_step_{one.Json["steps"]!.Count()}.";
        foreach (var full in one.Tensors.Names.Where(full => full.StartsWith(last, StringComparison.Ordinal)))
        {
            // Of a large tensor only some rows are stored: name.rows_0_to_7.
            var parts = full[last.Length..].Split(".rows_");
            var first = parts.Length > 1 ? int.Parse(parts[1].Split('_')[0], CultureInfo.InvariantCulture) : 0;
            var rows = model.Parameters[parts[0]].narrow(0, first, one.Tensors.Shape(full)[0]);
            var tolerance = (double)one.Json["tolerance_parameters"]!;
            AfterSteps.Close(one.Tensors.Floats(full), Numbers.Values(rows), tolerance, full);
        }
    }

    /// <summary>
    /// Files hold one matrix per expert; the reference computes with those of a layer as one tensor, gate above up.
    /// </summary>
    private static Tensor Gradient(CausalLM model, string name)
    {
        if (model.Parameters.Find(name) is { } weight)
        {
            return weight.grad!;
        }

        var (module, kind) = (name[..name.LastIndexOf('.')], name[(name.LastIndexOf('.') + 1)..]);
        Tensor Gradient(int expert, string part) => model.Parameters[$"{module}.{expert}.{part}.weight"].grad!;
        return stack(
            Enumerable.Range(0, model.Config.Experts!.Count).Select(expert => kind switch
            {
                "gate_up_proj" => cat([Gradient(expert, "gate_proj"), Gradient(expert, "up_proj")], 0),
                "down_proj" => Gradient(expert, "down_proj"),
                _ => throw new KeyNotFoundException(name),
            }),
            0);
    }

    private static double Backward(CausalLM model, List<TrainingRow> rows, long chunkElements, bool checkpointing)
    {
        using var scope = NewDisposeScope();
        model.Parameters.AllocateGradients();
        var batch = TokenBatch.From(rows, CPU);
        var pass = new TrainingPass(model, batch, checkpointing);
        var loss = TokenLogProbs
            .Backward(model, pass.HiddenNC, batch.TargetsN, logProbs => logProbs.mean().neg(), chunkElements)
            .item<float>();
        pass.FinishBackward();
        return loss;
    }
}
