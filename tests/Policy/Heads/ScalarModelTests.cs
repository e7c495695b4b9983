using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Heads;

public sealed class ScalarModelTests
{
    public static TheoryData<HeadKind, ScalarPooling> Kinds()
    {
        var all = new TheoryData<HeadKind, ScalarPooling>();
        foreach (var kind in Enum.GetValues<HeadKind>())
        {
            foreach (var pooling in Enum.GetValues<ScalarPooling>())
            {
                all.Add(kind, pooling);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_score_does_not_depend_on_the_rows_beside_it(HeadKind kind, ScalarPooling pooling)
    {
        using var model = Model(new ScalarConfig { Kind = kind, Pooling = pooling, Heads = ["preference", "safety"] });
        var rows = Rows(4);
        var together = ScalarPass.Evaluate(model, rows, 1000);
        for (var i = 0; i < rows.Length; i++)
        {
            var alone = ScalarPass.Evaluate(model, [rows[i]], 1000)[0];
            Assert.Equal(alone[0], together[i][0], 1e-5);
            Assert.Equal(alone[1], together[i][1], 1e-5);
        }

        Assert.NotEqual(together[0][0], together[1][0]);
        Assert.NotEqual(together[0][0], together[0][1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Texts_of_unlike_lengths_are_trained_on_in_several_passes_unless_padding_is_pooled(bool poolsPadding)
    {
        using var mode = no_grad();
        using var model = Model(new ScalarConfig { PoolsPadding = poolsPadding });
        ScalarRow[] rows = [.. new[] { 40, 2, 39, 3, 38, 4, 37, 5, 40, 2 }.Select((length, i) =>
            new ScalarRow([.. Some.Tokens(length, i)]))];

        using var scores = ScalarPass.TrainingScores(model, rows, checkpointing: false, _ => { });
        using var onePass = model.Score(rows, training: true);

        Numbers.Close(Numbers.Values(onePass), Numbers.Values(scores), 1e-5, "scores");
        Assert.True(MicroBatches.Plan([.. rows.Select(row => row.Tokens.Length)], int.MaxValue).Count > 1);
    }

    [Fact]
    public void Pooled_padding_changes_the_scores_of_shorter_rows_as_published()
    {
        using var clean = Model(new ScalarConfig());
        using var published = Model(new ScalarConfig { PoolsPadding = true });
        var rows = Rows(3);
        var alone = ScalarPass.Evaluate(clean, [rows[0]], 1000)[0][0];
        Assert.Equal(alone, ScalarPass.Evaluate(published, [rows[0]], 1000)[0][0], 1e-5);
        Assert.NotEqual(alone, ScalarPass.Evaluate(published, rows, 1000)[0][0], 1e-5);
    }

    [Fact]
    public void The_published_minus_one_is_the_layer_before_the_last()
    {
        var before = new ScalarConfig { ProbingLayer = Some.Config.Layers - 1 };
        using var published = Model(before with { ProbingLayer = -1, ProbingRule = ProbingRule.Published });
        using var named = Model(before);
        using var last = Model(before with { ProbingLayer = -1 });
        var rows = Rows(2);
        var score = ScalarPass.Evaluate(named, rows, 1000)[0][0];
        Assert.Equal(score, ScalarPass.Evaluate(published, rows, 1000)[0][0]);
        Assert.NotEqual(score, ScalarPass.Evaluate(last, rows, 1000)[0][0]);
    }

    [Fact]
    public void The_learned_scale_multiplies_scores_in_training_alone()
    {
        using var scaled = Model(new ScalarConfig { ScaleForTraining = true });
        var rows = Rows(1);
        var (training, evaluation) = (
            ScalarPass.Evaluate(scaled, rows, 1000, training: true)[0][0],
            ScalarPass.Evaluate(scaled, rows, 1000)[0][0]);
        Assert.InRange(evaluation, 0, 1);
        Assert.Equal(evaluation / 0.07, training, 1e-4);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_folder_loads_with_equal_scores(HeadKind kind, ScalarPooling pooling)
    {
        using var folder = new TempFolder();
        using var model = Model(new ScalarConfig { Kind = kind, Pooling = pooling, Heads = ["preference", "safety"] });
        ScalarFolder.Save(model, folder.Path);
        Assert.True(ScalarFolder.IsIn(folder.Path));
        using var loaded = ScalarFolder.Load(folder.Path, CPU, ScalarType.Float32);
        Assert.Equal(model.Config.Heads, loaded.Config.Heads);
        Assert.Equal(ScalarPass.Evaluate(model, Rows(3), 1000), ScalarPass.Evaluate(loaded, Rows(3), 1000));
        var config = JObject.Parse(File.ReadAllText(Path.Combine(folder.Path, "config.json")));
        var isClassifier = kind == HeadKind.Score && pooling == ScalarPooling.Last;
        Assert.Equal(
            isClassifier ? "Qwen2ForSequenceClassification" : "Qwen2Model", (string?)config["architectures"]![0]);
    }

    [Fact]
    public void A_folder_of_scores_is_no_policy_and_a_language_model_has_no_scores()
    {
        using var scores = new TempFolder();
        using var words = new TempFolder();
        using var model = Model(new ScalarConfig());
        ScalarFolder.Save(model, scores.Path);
        using var policy = Some.Model();
        Checkpoint.Save(policy, words.Path);
        var asPolicy = Assert.Throws<UserErrorException>(
            () => PolicyFolder.Load(scores.Path, CPU, ScalarType.Float32));
        Assert.Contains("scalar reward model", asPolicy.Message);
        var asScores = Assert.Throws<UserErrorException>(
            () => ScalarFolder.Load(words.Path, CPU, ScalarType.Float32));
        Assert.Contains("without heads", asScores.Message);
        Assert.False(ScalarFolder.IsIn(words.Path));
    }

    [Fact]
    public void Heads_that_do_not_fit_a_model_are_refused_by_name()
    {
        using var folder = new TempFolder();
        using var policy = Some.Model();
        Checkpoint.Save(policy, folder.Path);
        string Refusal(ScalarConfig config) => Assert.Throws<UserErrorException>(
            () => ScalarFolder.Start(folder.Path, config, CPU, ScalarType.Float32, 1)).Message;
        Assert.Contains("probing layer 3", Refusal(new ScalarConfig { ProbingLayer = Some.Config.Layers + 1 }));
        Assert.Contains("do not divide", Refusal(new ScalarConfig { PoolingParts = 3 }));
        Assert.Contains("none twice", Refusal(new ScalarConfig { Heads = ["a", "a"] }));
    }

    [Fact]
    public void An_adapter_and_the_heads_are_trained_and_the_folder_holds_both_merged()
    {
        using var folder = new TempFolder();
        using var model = Model(new ScalarConfig());
        LoraAdapter.Create(model.Backbone, new LoraConfig { Rank = 2 }, seed: 3);
        var before = ScalarPass.Evaluate(model, Rows(2), 1000);
        var frozen = Numbers.Values(model.Backbone.Parameters["model.layers.0.mlp.up_proj.weight"]);
        using var optimizer = new AdamW(model.Trained, new AdamWOptions());
        var step = new ScalarStep(
            model, optimizer, new() { BaseRate = 0.05 }, new ScalarObjective(), new ScalarOptions());
        step.Run(ScalarStepTests.Pairs(4));
        step.Run(ScalarStepTests.Pairs(4));
        var after = ScalarPass.Evaluate(model, Rows(2), 1000);
        Assert.NotEqual(before[0][0], after[0][0], 1e-3);
        Assert.Equal(frozen, Numbers.Values(model.Backbone.Parameters["model.layers.0.mlp.up_proj.weight"]));

        ScalarFolder.Save(model, folder.Path);
        using var loaded = ScalarFolder.Load(folder.Path, CPU, ScalarType.Float32);
        Assert.Equal(after[1][0], ScalarPass.Evaluate(loaded, Rows(2), 1000)[1][0], 1e-5);
    }

    [Fact]
    public void A_critic_is_found_again_with_its_score_layer()
    {
        using var folder = new TempFolder();
        using var policy = Some.Model();
        using var critic = Critic.ModelFor(policy);
        Checkpoint.Save(critic, folder.Path);
        using var loaded = Checkpoint.Load(folder.Path, CPU, ScalarType.Float32);
        Assert.Equal(1, loaded.Config.LabelCount);
    }

    internal static ScalarModel Model(ScalarConfig config, ulong seed = 1) => new(
        CausalLM.Create(Some.Config with { HasOutput = false }, CPU, ScalarType.Float32, seed),
        ScalarHeads.Create(config, Some.Config.HiddenSize, CPU, seed + 1));

    internal static ScalarRow[] Rows(int count, long seed = 5) =>
        [.. Enumerable.Range(0, count).Select(i => new ScalarRow([.. Some.Tokens(3 + (2 * i), seed + i)]))];
}
