using Newtonsoft.Json.Linq;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Losses.Preference;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Reference.Tests.LanguageModels;

public sealed class RewardModelTests
{
    [ReferenceTheory("language-models", "reward-model*")]
    public void Scores_losses_and_gradients_agree_with_the_reference(string name)
    {
        var one = new LanguageModelCase(name);
        using var scope = NewDisposeScope();
        using var model = ScalarFolder.Load(one.ModelDirectory, CPU, ScalarType.Float32);
        foreach (var table in model.Trained)
        {
            table.AllocateGradients();
        }

        var scores = model.Score(Rows(one.Json)).squeeze(-1);
        Numbers.Close(Floats(one.Json["scores"]!), Numbers.Values(scores), one.Tolerance, "scores");
        var padded = one.Json["ends_with_pad_id"]!;
        Numbers.Close(
            Floats(padded["scores_of_the_reference"]!),
            Numbers.Values(model.Score(Rows(padded))),
            one.Tolerance,
            "before the padding token");

        var (chosen, rejected) = (scores.view(-1, 2).select(1, 0), scores.view(-1, 2).select(1, 1));
        var margins = tensor(Floats(one.Json["margins"]!), device: CPU);
        Assert.Equal(
            (double)one.Json["loss_with_margins"]!,
            BradleyTerryLoss.PerPair(chosen, rejected, margins).mean().ToDouble(),
            one.Tolerance);
        Assert.Equal(
            (double)one.Json["loss_centred_0.01"]!,
            new BradleyTerryLoss().PerPair(chosen, rejected)
                .add(CentringPenalty.PerPair(chosen, rejected, 0.01)).mean().ToDouble(),
            one.Tolerance);
        var loss = new BradleyTerryLoss().PerPair(chosen, rejected).mean();
        Assert.Equal((double)one.Json["loss"]!, loss.ToDouble(), one.Tolerance);
        loss.backward();
        Checksums.Close(
            one.Json["checksums"]!,
            weight => Gradient(model, weight),
            (double)one.Json["checksum_tolerance"]!,
            "gradient of");
        foreach (var full in one.Tensors.Names.Where(full => full.StartsWith("grad.", StringComparison.Ordinal)))
        {
            Numbers.Close(
                one.Tensors.Floats(full),
                Numbers.Values(Gradient(model, full["grad.".Length..])),
                one.Tolerance,
                full);
        }
    }

    [ReferenceTheory("language-models", "reward-model*")]
    public void A_model_that_names_no_padding_token_is_scored_at_the_last_token(string name)
    {
        var one = new LanguageModelCase(name);
        using var folder = Copy(one.ModelDirectory, config => config.Remove("pad_token_id"));
        using var model = ScalarFolder.Load(folder.Path, CPU, ScalarType.Float32);
        var padded = one.Json["ends_with_pad_id"]!;
        Numbers.Close(
            Floats(padded["scores_at_the_last_attended_token"]!),
            Scores(model, padded),
            one.Tolerance,
            "at the last token");
    }

    [ReferenceTheory("language-models", "reward-model*")]
    public void What_is_saved_is_the_published_folder_again(string name)
    {
        var one = new LanguageModelCase(name);
        using var folder = new TempFolder();
        using var model = ScalarFolder.Load(one.ModelDirectory, CPU, ScalarType.Float32);
        ScalarFolder.Save(model, folder.Path);
        var published = TensorFile.Open(Path.Combine(one.ModelDirectory, "model.safetensors"));
        var saved = TensorFile.Open(Path.Combine(folder.Path, "model.safetensors"));
        Assert.Equal(published.Names.Order(), saved.Names.Order());
        Assert.All(published.Names, weight => Assert.Equal(published.Floats(weight), saved.Floats(weight)));
        var (before, after) = (Config(one.ModelDirectory), Config(folder.Path));
        Assert.Equal((string?)before["architectures"]![0], (string?)after["architectures"]![0]);
        Assert.Equal(before["id2label"]!.Count(), after["id2label"]!.Count());
    }

    private static Tensor Gradient(ScalarModel model, string weight) =>
        model.Trained.Select(table => table.Find(weight)).First(found => found is not null)!.grad!;

    private static float[] Scores(ScalarModel model, JToken batch) =>
        [.. ScalarPass.Evaluate(model, Rows(batch), int.MaxValue).Select(row => (float)row[0])];

    private static ScalarRow[] Rows(JToken batch)
    {
        var lengths = LanguageModelCase.Rows(batch["attention_mask"]!).Select(row => row.Sum());
        return
        [
            .. LanguageModelCase.Rows(batch["input_ids"]!)
                .Zip(lengths, (row, length) => new ScalarRow([.. row[..length]])),
        ];
    }

    private static TempFolder Copy(string directory, Action<JObject> edit)
    {
        var copy = new TempFolder();
        foreach (var path in Directory.EnumerateFiles(directory))
        {
            File.Copy(path, Path.Combine(copy.Path, Path.GetFileName(path)));
        }

        var config = Config(directory);
        edit(config);
        File.WriteAllText(Path.Combine(copy.Path, "config.json"), config.ToString());
        return copy;
    }

    private static JObject Config(string directory) =>
        JObject.Parse(File.ReadAllText(Path.Combine(directory, "config.json")));

    private static float[] Floats(JToken json) => json.ToObject<float[]>()!;
}
