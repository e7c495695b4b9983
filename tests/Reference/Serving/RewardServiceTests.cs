using System.Collections.Immutable;
using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Judging;
using R1Reward.Data.Text;
using R1Reward.Rewards.Serving;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Format;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Text;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Serving;

/// <summary>The whole /get_reward_mllm service over HTTP against what the published one answers.</summary>
public sealed class RewardServiceTests
{
    [ReferenceTheory("rl-and-rewards", "r1_reward_service")]
    public async Task Requests_are_answered_as_published(string name)
    {
        var json = JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", name + ".json")));
        var answers = new AcceptedAnswers(
            json["dataset"]!.Select(
                row => ((string)row["message"]!, row["answer"]!.Select(answer => (string)answer!).ToImmutableArray())));
        var verdict = 0;
        var options = new RewardServiceOptions { Composition = new R1CompositionOptions { Form = R1Form.Reference } };
        var service = new R1RewardService(
            answers, (_, _) => Task.FromResult(new JudgeOutcome(VerdictOf(verdict), null, null, 1)), options, _ => { });
        await using var server = await RewardServer.StartAsync(new RewardServerOptions(), service);

        foreach (var exchange in json["exchanges"]!)
        {
            var request = (JObject)exchange["request"]!;
            var (status, reply) = await PostAsync(server, request);
            if (request["query"] is null && request["queries"] is not null)
            {
                // The published service knows one name of the field only; this one takes both.
                Assert.Equal(200, status);
                continue;
            }

            Assert.Equal((int)exchange["status"]!, status);
            if (status != 200)
            {
                Assert.NotEmpty((string)reply["error"]!);
                continue;
            }

            var expected = exchange["reply"]!["rewards"]!.Select(reward => (double)reward).ToList();
            Assert.Equal(expected.Count, reply["rewards"]!.Count());
            for (var i = 0; i < expected.Count; i++)
            {
                // One item at a time, so that each meets the verdict that the case gives it.
                verdict = (int)exchange["judge_scores"]![i]!;
                var (query, prompt) = ((string)request["query"]![i]!, request["prompts"]![i]!);
                var (_, one) = await PostAsync(
                    server,
                    new JObject { ["query"] = new JArray(query), ["prompts"] = new JArray(prompt.DeepClone()) });
                Assert.Equal(PaysForProse(query) ?? expected[i], (double)one["rewards"]!.Single(), 9);
            }
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_reward_service")]
    public void An_unknown_prompt_is_taken_for_the_most_similar_one(string name)
    {
        var json = JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", name + ".json")));
        var known = new AcceptedAnswers(
            json["known_prompts"]!.Select(prompt => ((string)prompt!, ImmutableArray.Create("1"))));

        foreach (var row in json["nearest"]!)
        {
            Assert.Equal((string?)row["nearest"], known.Nearest((string)row["query"]!));
        }
    }

    private static ConsistencyVerdict VerdictOf(int score) => score switch
    {
        1 => ConsistencyVerdict.Consistent,
        -1 => ConsistencyVerdict.Inconsistent,
        _ => ConsistencyVerdict.Undecided,
    };

    /// <summary>
    /// The published verifier finds a number in prose without tags and pays for it; this program reads tags, or a reply
    /// that is a number, and pays such a reply for its format alone. Null for every other reply.
    /// </summary>
    private static double? PaysForProse(string query)
    {
        var reply = ResponseText.Scored(ResponseMarker.Chatml, query);
        return JudgmentParser.TaggedAnswer(reply) is null && PythonText.ToInt(reply) is null
            ? 0.5 * FormatReward.Score(reply)
            : null;
    }

    private static async Task<(int Status, JObject Reply)> PostAsync(RewardServer server, JObject body)
    {
        using var http = new HttpClient();
        using var content = new StringContent(body.ToString(), Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(server.Address, "/get_reward_mllm"), content);
        return ((int)response.StatusCode, JObject.Parse(await response.Content.ReadAsStringAsync()));
    }
}
