using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;
using R1Reward.Rewards.Judge;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Configuration.Settings;

public sealed class JudgeSettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_keys_of_the_judge_reach_its_client()
    {
        var options = Read("""
            r1reward.judge {
              endpoints = ["http://a:1/v1", "http://b:2/v1"], model = m, api = completions
              timeout = 7 s, budget = 90 s, concurrency = 3, max-attempts = 2
              retry-delay = 100 ms, max-retry-delay = 9 s, break-after = 4, break-for = 2 s
              cache-entries = 5, cache-folder = replies, on-failure = without-bonus
            }
            """);

        Assert.Equal([new Uri("http://a:1/v1"), new Uri("http://b:2/v1")], options.Endpoints.ToArray());
        Assert.Equal(
            ("m", JudgeApi.Completions, 3, 2), (options.Model, options.Api, options.Concurrency, options.MaxAttempts));
        Assert.Equal(
            (7, 90, 0.1, 9),
            (options.Timeout.TotalSeconds,
             options.Budget.TotalSeconds,
             options.RetryDelay.TotalSeconds,
             options.MaxRetryDelay.TotalSeconds));
        Assert.Equal(
            (4, 2.0, 5, _folder.At("replies")),
            (options.BreakAfter, options.BreakFor.TotalSeconds, options.CacheEntries, options.CacheFolder));
        Assert.Equal(JudgeFailurePolicy.WithoutBonus, options.OnFailure);
        options.Validate();
    }

    [Fact]
    public void Headers_query_and_body_are_the_users_own()
    {
        var options = Read("""
            r1reward.judge {
              endpoints = ["http://a:1/v1"], api-key-header = api-key
              requests-per-minute = 60, tokens-per-minute = 9000
              headers { X-Team = eval }
              query { api-version = "2024-10-21" }
              body { top_p = 0.5, seed = 7, temperature = null, chat_template_kwargs { enable_thinking = false } }
            }
            """);

        Assert.Equal(("api-key", 60, 9000), (options.ApiKeyHeader, options.RequestsPerMinute, options.TokensPerMinute));
        Assert.Equal(("eval", "2024-10-21"), (options.Headers["X-Team"], options.Query["api-version"]));
        Assert.Equal(
            """{"chat_template_kwargs":{"enable_thinking":false},"seed":7,"temperature":null,"top_p":0.5}""",
            new JObject(options.Body!.Properties().OrderBy(field => field.Name)).ToString(Formatting.None));
    }

    [Fact]
    public void The_defaults_can_be_used_and_are_those_of_the_options()
    {
        var options = Read("r1reward.judge.endpoints = [\"http://a:1/v1\"]");

        options.Validate();
        Assert.Equal(new JudgeOptions { Endpoints = options.Endpoints }, options);
    }

    [Theory]
    [InlineData("r1reward.judge.cache-folder = replies", ":1:1: r1reward.judge.cache-folder", "judge.model")]
    [InlineData("\nr1reward.judge.api = embeddings", ":2:1: r1reward.judge.api = embeddings", "chat, completions")]
    [InlineData("r1reward.judge.budget = 1 s", ":1:1: r1reward.judge.budget", "timeout")]
    [InlineData("r1reward.judge.headers { a { b = 1 } }", ":1:1: r1reward.judge.headers", "every value is a text")]
    [InlineData("r1reward.judge.break-after = 1", ":1:1: r1reward.judge.break-after = 1", "2 or more")]
    [InlineData("r1reward.judge.break-for = 100 ms", ":1:1: r1reward.judge.break-for", "500 ms")]
    public void A_wrong_key_is_named_with_its_line_and_the_remedy(string text, string place, string remedy)
    {
        var message = Assert.Throws<UserErrorException>(() => Read(text)).Message;

        Assert.Contains(place, message);
        Assert.Contains(remedy, message);
    }

    private JudgeOptions Read(string text)
    {
        var path = _folder.At("judge.conf");
        File.WriteAllText(path, text);
        var reader = Configurations.Load(path, [], _ => null).Reader();
        var options = JudgeSettings.Read(reader).Options;
        reader.ThrowIfWrong();
        return options;
    }
}
