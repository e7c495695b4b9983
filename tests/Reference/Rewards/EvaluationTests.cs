using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Layouts;
using R1Reward.Data.Formats;
using R1Reward.Data.Formats.Judged;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Pairs;
using R1Reward.Data.Published;
using R1Reward.Tests.Support;
using Xunit;

namespace R1Reward.Reference.Tests.Rewards;

public sealed class EvaluationTests
{
    private const double Tolerance = 1e-9;

    private static JObject Load(string name) =>
        JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", name + ".json")));

    private static bool FirstWins(JToken rewards) => (double)rewards[0]! > (double)rewards[1]!;

    private static Choice? ChoiceOf(JToken? vote) =>
        vote is { Type: JTokenType.String } ? (Choice)int.Parse((string)vote!) : null;

    private static SuiteReport Judge(JObject fixture, string file, Func<PreferencePair, string> category) =>
        SuiteReport.Compute(
        PairReader.Read(Path.Combine(Fixtures.Data, file)).Pairs.Zip(
            fixture["rewards"]!, (pair, rewards) => Outcome.FromTally(
                pair, VoteTally.Count([FirstWins(rewards) ? Choice.First : Choice.Second]), category(pair))));

    [ReferenceTheory("rl-and-rewards", "eval_vl_rewardbench")]
    public void VL_RewardBench_is_scored_under_the_official_and_the_published_split(string name)
    {
        var fixture = Load(name);
        Check(fixture["official"]!, Judge(fixture, "vl_rewardbench.jsonl", SuiteCategory.Get));
        Check(
            fixture["published"]!,
            Judge(fixture, "vl_rewardbench.jsonl", pair => SuiteCategory.VlRewardBenchAsPublished(pair.OriginalId!)));

        static void Check(JToken expected, SuiteReport report)
        {
            Assert.Equal((double)expected["overall"]!, report.Overall.Accuracy!.Value, Tolerance);
            Assert.Equal((double)expected["macro"]!, report.Macro!.Value, Tolerance);
            Assert.Equal(expected["categories"]!.Count(), report.Categories.Count);
            foreach (var (key, category) in (JObject)expected["categories"]!)
            {
                Assert.Equal((int)category!["samples"]!, report[key]!.Rows);
                Assert.Equal((double)category["accuracy"]!, report[key]!.Accuracy!.Value, Tolerance);
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "eval_vl_rewardbench")]
    public void Row_keys_lose_no_row_on_resume_where_repeated_ids_do(string name)
    {
        var fixture = Load(name);
        var pairs = PairReader.Read(Path.Combine(Fixtures.Data, "vl_rewardbench.jsonl")).Pairs;
        var done = pairs.Take((int)fixture["resume"]!["done"]!).ToList();
        var (keys, ids) = (done.Select(pair => pair.Id).ToHashSet(), done.Select(pair => pair.OriginalId).ToHashSet());
        Assert.Equal((int)fixture["resume"]!["left_by_row"]!, pairs.Count(pair => !keys.Contains(pair.Id)));
        Assert.Equal((int)fixture["resume"]!["left_by_id"]!, pairs.Count(pair => !ids.Contains(pair.OriginalId)));
        Assert.Equal(
            ((int)fixture["rows"]!, (int)fixture["distinct_ids"]!),
            (pairs.Count, pairs.Select(pair => pair.OriginalId).Distinct().Count()));
    }

    [ReferenceTheory("rl-and-rewards", "eval_mm_rlhf_rewardbench")]
    public void MM_RLHF_RewardBench_is_scored_by_row_and_by_id(string name)
    {
        var fixture = Load(name);
        var report = Judge(fixture, "mm_rlhf_rewardbench.jsonl", SuiteCategory.Get);
        Check(fixture["overall"]!, report.Overall);
        Assert.Equal((int)fixture["ids"]!, report.Overall.Groups);
        Assert.Equal(fixture["categories"]!.Count(), report.Categories.Count);
        foreach (var (key, category) in (JObject)fixture["categories"]!)
        {
            Check(category!, report[key]!);
        }

        static void Check(JToken expected, Score score)
        {
            Assert.Equal((int)expected["total"]!, score.Rows);
            Assert.Equal((double)expected["accuracy"]!, score.Accuracy!.Value, Tolerance);
            Assert.Equal((double)expected["acc_plus"]!, score.AccPlus!.Value, Tolerance);
        }
    }

    [ReferenceTheory("rl-and-rewards", "eval_multimodal_rewardbench")]
    public void Multimodal_RewardBench_is_scored_by_sub_category(string name)
    {
        var fixture = Load(name);
        var report = SuiteReport.Compute(fixture["rows"]!.Select(row => new Outcome(
            SuiteCategory.Multimodal(
                (string)row["ID"]!, (string)row["Category"]!), (string)row["ID"]!, FirstWins(row["rewards"]!), false)));
        foreach (var (key, expected) in (JObject)fixture["table"]!)
        {
            var score = key == "all" ? report.Overall : report[key]!;
            Assert.Equal(((int)expected!["correct"]!, (int)expected["total"]!), (score.Correct, score.Rows));
            Assert.Equal((double)expected["accuracy"]!, score.Accuracy!.Value, Tolerance);
        }

        Assert.Equal(
            fixture["order_of_first_appearance"]!.Select(
                category => (string)category!).Where(category => category != "all"),
            report.Categories.Select(category => category.Category));
    }

    [ReferenceTheory("rl-and-rewards", "eval_candidate_order")]
    public void The_preferred_output_is_the_second_only_by_its_exact_name(string name) =>
        Assert.All(Load(name)["rows"]!, row => Assert.Equal(
            (string)row["first"]! == "Output2", SuiteCategory.SecondOutputIsPreferred((string?)row["Better"] ?? "")));

    [ReferenceTheory("rl-and-rewards", "voting")]
    public void Votes_are_tallied_as_published(string name)
    {
        var fixture = Load(name);
        foreach (var row in fixture["rows"]!)
        {
            var votes = row["votes"]!.Select(ChoiceOf).ToList();
            var gold = ChoiceOf(row["gold"])!.Value;
            var tally = VoteTally.Count(votes);
            Assert.Equal(
                (
                    (int)row["count_1"]!,
                    (int)row["count_2"]!,
                    (int)row["invalid"]!,
                    (bool)row["tie"]!,
                    (bool)row["any_correct"]!),
                (tally.First, tally.Second, tally.Invalid, tally.Tied, tally.AnyCorrect(gold)));
            Assert.Equal(ChoiceOf(row["winner"]), tally.Winner);
            Assert.Equal(
                ChoiceOf(row["winner_if_ties_go_to_first_valid_vote"]), VoteTally.Count(votes, TieRule.First).Winner);
            Near(row["agreement_of_all"], tally.Agreement);
            Near(row["agreement_of_valid"], tally.AgreementOfValid);
            Near(row["single_correct_rate"], tally.CorrectRate(gold));
        }

        var tallies = fixture["rows"]!.Select(
            row => (Gold: ChoiceOf(row["gold"])!.Value, Votes: row["votes"]!.Select(ChoiceOf).ToList())).ToList();
        Near(
            fixture["vote_accuracy_ties_wrong"],
            tallies.Average(t => VoteTally.Count(t.Votes).IsCorrect(t.Gold) ? 1.0 : 0));
        Near(
            fixture["vote_accuracy_first_valid"],
            tallies.Average(t => VoteTally.Count(t.Votes, TieRule.First).IsCorrect(t.Gold) ? 1.0 : 0));
        Near(fixture["any_correct_rate"], tallies.Average(t => VoteTally.Count(t.Votes).AnyCorrect(t.Gold) ? 1.0 : 0));

        static void Near(JToken? expected, double? actual) =>
            Assert.Equal((double?)expected ?? 0, actual ?? 0, Tolerance);
    }

    [ReferenceTheory("rl-and-rewards", "mm_reward_results")]
    public void A_result_file_of_MM_Reward_is_read_and_written_as_published(string name)
    {
        using var folder = new TempFolder();
        var fixture = Load(name);
        foreach (var file in new[] { fixture["first"]!, fixture["second"]! })
        {
            var results = Assert.Single(
                JudgedFile.Read([folder.Write("published.json", file.ToString())], "vl-rewardbench")).Results;
            MmRewardResults.Write(
                folder.At("ours.json"), (string?)file["model_path"], results.Select(result => (result, new JObject())));
            var ours = JObject.Parse(File.ReadAllText(folder.At("ours.json")));
            foreach (var field in file.OfType<JProperty>().Where(field => field.Name != "details"))
            {
                AssertNear(field.Value, ours[field.Name], field.Name);
            }

            foreach (var (published, written) in file["details"]!.Zip(ours["details"]!))
            {
                Assert.All(published.OfType<JProperty>(), field => AssertNear(
                    field.Value, written[field.Name], $"{published["id"]} {field.Name}"));
            }
        }

        static void AssertNear(JToken expected, JToken? actual, string what) => Assert.True(
            expected.Type == JTokenType.Float && expected.Parent is JProperty
                ? Math.Abs((double)expected - (double)actual!) < Tolerance
                : JToken.DeepEquals(expected, actual),
            $"{what}: {actual}, expected {expected}");
    }

    [ReferenceTheory("rl-and-rewards", "mm_reward_results")]
    public void Two_result_files_agree_as_published(string name)
    {
        var fixture = Load(name);
        var published = fixture["comparison"]!;
        var found = EvaluationAgreement.Compute(Right(fixture["first"]!), Right(fixture["second"]!));
        Assert.Equal(
            (
                (int)published["common_sample_count"]!,
                (int)published["both_correct"]!,
                (int)published["both_wrong"]!,
                (int)published["only_base_correct"]!,
                (int)published["only_lora_correct"]!),
            (found.Common, found.BothRight, found.BothWrong, found.OnlyFirst, found.OnlySecond));
        Assert.Equal((double)published["base_accuracy_common"]!, found.FirstAccuracy!.Value, Tolerance);
        Assert.Equal((double)published["lora_accuracy_common"]!, found.SecondAccuracy!.Value, Tolerance);

        static Dictionary<string, bool> Right(JToken file) => file["details"]!.ToDictionary(
            detail => (string)detail["id"]!, detail => (bool)detail["is_correct"]!);
    }

    [ReferenceTheory("rl-and-rewards", "mm_reward_results")]
    public void Several_models_are_described_and_compared_as_published(string name)
    {
        var several = Load(name)["several"]!;
        foreach (var (model, published) in (JObject)several["analysis"]!)
        {
            var files = several["input"]![model]!;
            var accuracies = Histogram.Of([.. files.Select(file => (double)file["accuracy"]!)])!;
            Near("mean_accuracy", accuracies.Mean);
            Near("std_accuracy", accuracies.Deviation);
            Near("min_accuracy", accuracies.Edges[0]);
            Near("max_accuracy", accuracies.Edges[^1]);
            var scores = ScoreFigures.Compute(files[0]!["predictions"]!.Select(pair => (
                (double)pair["chosen_score"]!,
                (double)pair["rejected_score"]!,
                (PreferenceLabel?)PreferenceLabel.First)));
            Near("mean_chosen_score", scores.Chosen!.Value);
            Near("mean_rejected_score", scores.Rejected!.Value);
            Near("mean_score_diff", scores.MeanGap!.Value);
            Near("std_score_diff", scores.Gaps!.Deviation);
            Near("min_score_diff", scores.Gaps.Edges[0]);
            Near("max_score_diff", scores.Gaps.Edges[^1]);

            void Near(string figure, double actual) => Assert.True(
                Math.Abs((double)published![figure]! - actual) < Tolerance, $"{model} {figure}: {actual}");
        }

        var models = several["predictions"]!["model_types"]!
            .Select(model => several["input"]![(string)model!]![0]!["predictions"]!.ToDictionary(
                pair => (string)pair["sample_id"]!, pair => (int)pair["prediction"]! == 1))
            .ToList();
        foreach (var (i, row) in several["predictions"]!["agreement_matrix"]!.Index())
        {
            foreach (var (j, share) in row.Index().Where(column => column.Index != i))
            {
                var found = EvaluationAgreement.Compute(models[i], models[j]).Same;
                Assert.Equal((double)share, found!.Value, Tolerance);
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_chunks_and_frames")]
    public void Chunks_and_frames_are_those_of_the_published_evaluators(string name)
    {
        var fixture = Load(name);
        Assert.All(fixture["chunks"]!, row =>
        {
            var (rows, chunks) = ((int)row["rows"]!, (int)row["chunks"]!);
            Assert.Equal(
                row["sizes"]!.Select(size => (int)size),
                RowChunks.Divide(rows, chunks).Select(range => range.End.Value - range.Start.Value));
        });
        Assert.All(
            fixture["frames"]!,
            row => Assert.Equal(row["picked"]!.Select(index => (int)index), VideoFrames.Pick((int)row["frames"]!)));
    }
}
