using Newtonsoft.Json.Linq;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Published;
using R1Reward.Rewards.Terms.Format;
using R1Reward.Rewards.Terms.Maths;
using R1Reward.Rewards.Terms.Result;
using R1Reward.Rewards.Text;
using Xunit;

namespace R1Reward.Reference.Tests.Rewards;

public sealed class FormatAndResultTests
{
    [ReferenceTheory("rl-and-rewards", "r1_format_and_extraction")]
    public void Every_reply_is_checked_and_rewarded_as_the_published_evaluators_do(string name)
    {
        foreach (var row in new RewardCase(name).Rows())
        {
            var text = (string)row["text"]!;
            Assert.True(
                (bool)row["format_as_given"]! == JudgmentParser.IsWellFormedAsGiven(text), $"format as given of {row}");
            Assert.True((bool)row["format_trimmed"]! == (FormatReward.Score(text) == 1.0), $"trimmed format of {row}");
            Check("rewards_vl", PublishedRewards.Vl(text));
            Check("rewards_multimodal", PublishedRewards.Multimodal(text));
            Check("rewards_mmrlhf", PublishedRewards.MmRlhf(text));
            Check("rewards_readme", PublishedRewards.Readme(text));

            void Check(string rule, (double First, double Second) rewards) => Assert.True(
                (double)row[rule]![0]! == rewards.First
                    && (double)row[rule]![1]! == rewards.Second, $"{rule} of {row}: got {rewards}");
        }
    }

    /// <summary>
    /// Replies that need nothing but the digit are paid alike. In the others comparing integers is only stricter:
    /// numbers written otherwise (1.0, 2/2, 100%), mark-up, and words around the digit are paid by the published maths
    /// verifier alone.
    /// </summary>
    [ReferenceTheory("rl-and-rewards", "r1_verifier")]
    public void Choices_are_paid_as_by_the_published_verifier_or_more_strictly(string name)
    {
        foreach (var row in new RewardCase(name).Rows())
        {
            var score = ResultReward.Score((string)row["text"]!, [.. row["gold"]!.Select(gold => (string)gold!)]);
            var published = (double)row["reward"]!;
            Assert.True(
                score == published || (!(bool)row["plain"]! && (published, score) == (1.0, 0.0)),
                $"{row}: got {score}");
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_response_from_query")]
    public void Replies_are_found_as_the_published_service_finds_them(string name)
    {
        foreach (var row in new RewardCase(name).Rows())
        {
            var (marker, query) = (
                Enum.Parse<ResponseMarker>((string)row["template"]!, ignoreCase: true), (string)row["query"]!);
            Assert.Equal((string?)row["response"], ResponseText.After(marker, query));
            Assert.Equal((string)row["text_scored"]!, ResponseText.Scored(marker, query));
        }
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_rule_rewards")]
    public void Phrases_and_the_loose_form_are_read_as_published(string name)
    {
        foreach (var row in new RewardCase(name).Rows())
        {
            var text = (string)row["text"]!;
            Assert.True((double)row["format"]! == FormatReward.Score(text, FormatMode.Loose), $"format of {row}");
            Assert.Equal((string?)row["answer_tag"], JudgmentParser.TaggedAnswer(text));
            foreach (var (letter, label) in Labels)
            {
                Assert.True(
                    (double)row["accuracy_" + letter]! == ResultTerm.Phrase(text, label, TiePhrases.Reference),
                    $"accuracy_{letter} of {row}");
            }

            Assert.Equal((string?)row["phrase_image"], AnswerPhrases.Extract(text, "Image"));
            Assert.Equal((string?)row["phrase_video"], AnswerPhrases.Extract(text, "Video"));
        }
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_grm_benchmark")]
    public void The_benchmarks_count_as_published(string name)
    {
        var replies = new RewardCase("lightrft_rule_rewards").Rows().Select(row => (string)row["text"]!).ToList();
        var fixture = new RewardCase(name);
        foreach (var evaluator in fixture.Rows("evaluators"))
        {
            var kind = (string)evaluator["evaluator"]!;
            var medium = (string?)evaluator["media"] ?? (
                kind.StartsWith("Video", StringComparison.Ordinal) ? "Video" : "Image");
            var predicted = replies.Select(reply => AnswerPhrases.Extract(reply, medium)).ToList();
            Assert.Equal(evaluator["predicted"]!.Select(phrase => (string?)phrase), predicted);
            Assert.Equal((int)evaluator["parse_failures"]!, predicted.Count(phrase => phrase is null));
            var correct = predicted.Zip(
                evaluator["labels"]!,
                (phrase, label) => phrase is not null
                    && phrase == Right(kind, medium, (string)label!)).Count(right => right);
            Assert.Equal((int)evaluator["correct"]!, correct);
            fixture.Equal(evaluator["accuracy"]!, correct / (double)predicted.Count, kind);
        }

        // Ties can be right only where the benchmark has some; one of them knows no third label at all.
        static string? Right(string evaluator, string medium, string letter) => (evaluator, letter) switch
        {
            ("ImageGenCoTEvaluator", not "A") => AnswerPhrases.Phrase(medium, PreferenceLabel.Second),
            (not ("OmniRewardBenchEvaluator" or "GenAIBenchEvaluator"), "C") => null,
            _ => AnswerPhrases.Phrase(medium, Labels[letter]),
        };
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_other_recipes")]
    public void Maths_and_sound_questions_are_paid_as_published(string name)
    {
        var fixture = new RewardCase(name);
        foreach (var row in fixture.Rows("maths"))
        {
            var (accuracy, format) = (
                MathsTerm.Score(Text(row), (string)row["gold"]!), FormatReward.Score(Text(row), FormatMode.Boxed));
            fixture.Equal(row["accuracy"]!, accuracy, row);
            fixture.Equal(row["format"]!, format, row);
            fixture.Equal(row["total"]!, (0.9 * accuracy) + (0.1 * format), row);
        }

        foreach (var row in fixture.Rows("audio"))
        {
            var (accuracy, format) = (
                ResultTerm.Text(Text(row), (string)row["gold"]!), FormatReward.Score(Text(row), FormatMode.Answer));
            fixture.Equal(row["accuracy"]!, accuracy, row);
            fixture.Equal(row["format"]!, format, row);
            fixture.Equal(row["total"]!, accuracy + format, row);
        }
    }

    private static Dictionary<string, PreferenceLabel> Labels { get; } = new()
    {
        ["A"] = PreferenceLabel.First, ["B"] = PreferenceLabel.Second, ["C"] = PreferenceLabel.Tie,
    };

    private static string Text(JToken row) => (string)row["text"]!;
}
