using Newtonsoft.Json.Linq;
using R1Reward.Cli.Serving;
using R1Reward.Rewards.Http;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

public sealed class GrmFieldsTests
{
    [Theory]
    [InlineData("guided_json", """{"type":"object"}""")]
    [InlineData("guided_choice", """["good","bad"]""")]
    [InlineData("structured_outputs", """{"regex":"[12]"}""")]
    [InlineData("response_format", """{"type":"json_object"}""")]
    [InlineData("chat_template_kwargs", """{"thinking":true}""")]
    [InlineData("chat_template", "\"{{ messages }}\"")]
    [InlineData("continue_final_message", "true")]
    [InlineData("add_generation_prompt", "false")]
    [InlineData("logit_bias", """{"42":-100}""")]
    [InlineData("presence_penalty", "-0.5")]
    [InlineData("tool_choice", "\"required\"")]
    [InlineData("best_of", "4")]
    [InlineData("prompt_logprobs", "1")]
    [InlineData("stop_token_ids", "[7]")]
    [InlineData("ignore_eos", "true")]
    [InlineData("bad_words", """["no"]""")]
    [InlineData("grammar", "\"root ::= [12]\"")]
    [InlineData("repeat_penalty", "1.1")]
    [InlineData("extra_body", """{"guided_choice":["1"]}""")]
    [InlineData("temprature", "0")]
    public void A_field_that_could_change_the_reply_is_refused_by_name(string field, string value)
    {
        var refused = Assert.Throws<RefusedException>(() => GrmFields.Check(Body(field, value)));

        Assert.Equal(400, refused.Status);
        Assert.StartsWith(field + " is not ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frequency_penalty", "0.0")]
    [InlineData("repeat_penalty", "1")]
    [InlineData("response_format", """{"type":"text"}""")]
    [InlineData("tool_choice", "\"auto\"")]
    [InlineData("skip_special_tokens", "true")]
    [InlineData("guided_json", "null")]
    [InlineData("never_heard_of", "null")]
    [InlineData("user", "\"somebody\"")]
    [InlineData("metadata", """{"trial":"3"}""")]
    [InlineData("mirostat_tau", "5")]
    public void A_value_that_changes_nothing_is_taken(string field, string value) =>
        GrmFields.Check(Body(field, value));

    [Fact]
    public void Every_field_is_known_once() =>
        Assert.Equal(GrmFields.All.Count, GrmFields.All.Select(field => field.Name).Distinct().Count());

    [Fact]
    public void The_manual_has_the_table()
    {
        var manual = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "serving.md"));

        foreach (var use in Enum.GetValues<FieldUse>())
        {
            var names = GrmFields.All
                .Where(field => field.Use == use)
                .Select(field => field.Neutral.Length > 0 ? $"`{field.Name}: {field.Neutral}`" : $"`{field.Name}`");
            var row = $"| {use.ToString().ToLowerInvariant()} | {string.Join(", ", names)} |";
            Assert.True(manual.Contains(row, StringComparison.Ordinal), "docs/serving.md should have\n" + row);
        }
    }

    private static JObject Body(string field, string value) => JObject.Parse($$"""{"{{field}}":{{value}}}""");
}
