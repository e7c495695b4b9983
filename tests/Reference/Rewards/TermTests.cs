using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Combined;
using R1Reward.Rewards.Terms.Judged.Rubric;
using R1Reward.Rewards.Terms.Judged.YesNo;
using R1Reward.Rewards.Terms.Length;
using R1Reward.Rewards.Terms.QuotedText;
using R1Reward.Rewards.Terms.Registry;
using R1Reward.Rewards.Text;
using R1Reward.Rewards.Watch;
using Xunit;

namespace R1Reward.Reference.Tests.Rewards;

public sealed class TermTests
{
    // The shipped recipe with the one tie phrase that the published rule knows.
    private const string General = """
        { "general": [
            { "type": "format", "mode": "loose" },
            { "type": "result", "answer": "phrase", "ties": "reference" } ] }
        """;

    [ReferenceTheory("rl-and-rewards", "r1_repetition_penalty")]
    public void Repetition_costs_what_it_costs_there(string name)
    {
        var fixture = new RewardCase(name);
        foreach (var row in fixture.Rows())
        {
            var penalty = new RepetitionPenalty(
                new RepetitionOptions { Words = (int)row["n"]!, MaxPenalty = (double)row["max_penalty"]! });
            fixture.Equal(row["penalty"]!, penalty.Score((string)row["text"]!), row);
        }
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_overlong")]
    public void Long_replies_cost_what_they_cost_there(string name)
    {
        var fixture = new RewardCase(name);
        foreach (var row in fixture.Rows())
        {
            var term = new OverlongTerm(
                new OverlongOptions
                {
                    MaxTokens = (int)row["max_new_tokens"]!,
                    Buffer = (int)row["buffer"]!,
                    Factor = (double)row["factor"]!,
                });
            fixture.Equal(row["reward_out"]!, (double)row["reward_in"]! + term.Penalty((int)row["length"]!), row);
        }
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_recipe")]
    public async Task Recipes_pay_by_the_label_of_the_data(string name)
    {
        using var factory = new RewardFactory(new RewardServices());
        var recipe = (IPointwiseReward)factory.Build(
            [new RewardDefinition("recipe", "recipe", 1, false, new JObject { ["recipes"] = JObject.Parse(General) })],
            "terms").Terms[0].Reward;
        var fixture = new RewardCase(name);
        foreach (var row in fixture.Rows())
        {
            var score = await recipe.ScoreAsync(new RewardInput
            {
                Id = "row",
                Reply = ResponseText.AfterLast((string)row["query"]!),
                Tokens = 1,
                Pair = new PreferencePair
                {
                    Id = new PairId("row"),
                    Question = "",
                    Response1 = "",
                    Response2 = "",
                    Recipe = (string)row["label"]!,
                    Label = (string)row["preference"]! switch
                    {
                        "A" => PreferenceLabel.First,
                        "B" => PreferenceLabel.Second,
                        _ => PreferenceLabel.Tie,
                    },
                },
            });

            fixture.Equal(row["reward"]!, score.Value ?? 0.0, row);
        }
    }

    [ReferenceTheory("rl-and-rewards", "flow_rank_and_ocr")]
    public void Ranks_and_quoted_texts_are_paid_as_published(string name)
    {
        var fixture = new RewardCase(name);
        foreach (var row in fixture.Rows("rank"))
        {
            var ranks = RankTerm.Ranks([.. row["scores"]!.Select(score => (double)score)]);
            Assert.All(row["rewards"]!.Zip(ranks), pair => fixture.Equal(pair.First, pair.Second, row));
        }

        foreach (var row in fixture.Rows("ocr"))
        {
            fixture.Equal(
                row["reward"]!,
                QuotedTextTerm.Score(
                    (string)row["prompt"]!, string.Concat(row["recognised"]!.Select(piece => (string)piece!))) ?? 0.0,
                row);
        }
    }

    [ReferenceTheory("rl-and-rewards", "flow_yes_no_judge")]
    public void Yes_has_the_published_probability(string name)
    {
        var fixture = new RewardCase(name);
        foreach (var row in fixture.Rows())
        {
            List<JudgeAlternative> alternatives =
            [
                .. row["top_logprobs"]!.Select(pair => new JudgeAlternative((string)pair[0]!, (double)pair[1]!)),
            ];
            fixture.Equal(row["exact"]!, YesProbability.Exact(alternatives) ?? 0.0, row);
            fixture.Equal(row["canonical"]!, YesProbability.Canonical(alternatives) ?? 0.0, row);
        }
    }

    [ReferenceTheory("rl-and-rewards", "flow_rubric_judge")]
    public void Rubric_replies_are_read_as_published(string name)
    {
        var fixture = new RewardCase(name);
        foreach (var row in fixture.Rows())
        {
            var rubric = Rubrics.ByName[(string)row["kind"]!];
            var scores = RubricReply.Read(rubric, (string)row["reply"]!, strict: false);
            foreach (var (aspect, expected) in (JObject)row["scores"]!)
            {
                Assert.True(scores[aspect] == Score(expected!), $"{aspect} of {row}: got {scores[aspect]}");
            }

            foreach (var aggregate in row["aggregates"]!)
            {
                var reward = RubricReward.Compute(scores, aggregate["aspects"]!.Select(aspect => (string)aspect!));
                Assert.Equal((bool)aggregate["error"]!, reward is null);
                fixture.Equal(aggregate["reward"]!, reward ?? 0.0, row);
            }
        }

        static RubricScore Score(JToken token) => token.Type switch
        {
            JTokenType.Null => default,
            JTokenType.String when (string)token! == "N/A" => new RubricScore(null, true),
            _ => new RubricScore((double)token, false),
        };
    }

    [ReferenceTheory("rl-and-rewards", "lightrft_text_statistics")]
    public void Texts_have_the_published_statistics(string name)
    {
        var fixture = new RewardCase(name);
        foreach (var row in fixture.Rows())
        {
            var text = (string)row["text"]!;
            fixture.Equal(row["repeat_score"]!, TextStatistics.RepeatScore(text), row);
            var words = TextStatistics.ReflectionWords(text);
            Assert.Equal(row["reflection"]!.Count(), words.Count);
            Assert.All(
                (IEnumerable<KeyValuePair<string, JToken?>>)row["reflection"]!,
                word => Assert.True((int)word.Value! == words[word.Key], $"{word.Key} in {row}"));
            Assert.Equal((int)row["reflection_total"]!, words.Values.Sum());
        }

        Assert.All(fixture.Rows("policy_entropy"), row => fixture.Equal(
            row["value"]!, TextStatistics.LogProbDeviation(
                [.. row["log_probs"]!.Select(logProb => (float)logProb)]), row));
    }
}
