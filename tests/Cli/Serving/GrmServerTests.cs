using System.ClientModel;
using System.Net;
using System.Text;
using Newtonsoft.Json.Linq;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;
using R1Reward.Cli.Running;
using R1Reward.Cli.Serving;
using R1Reward.Rewards.Judge;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

/// <summary>
/// The server of a reward model, asked by the official OpenAI client, by this program's judge client and by hand.
/// </summary>
public sealed class GrmServerTests : IAsyncLifetime
{
    private static readonly ChatMessage[] Question =
    [
        new SystemChatMessage("judge"),
        new UserChatMessage("which response is better?"),
    ];

    private readonly TempFolder _folder = new();
    private GrmEngine _engine = null!;
    private GrmServer _server = null!;

    public async Task InitializeAsync()
    {
        _engine = await GrmEngine.StartAsync(
            new JudgeModelOptions(TinyModel.Write(_folder.At("tiny")), null, "cpu", "float32"));
        _server = await GrmServer.StartAsync(
            new GrmServerOptions { Model = "tiny", MaxNewTokens = 40, MaxSamples = 8, MaxRequestBytes = 4096 },
            _engine,
            TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_official_client_lists_the_model()
    {
        var models = await new OpenAIModelClient(new ApiKeyCredential("none"), Here).GetModelsAsync();

        Assert.Equal("tiny", Assert.Single(models.Value).Id);
    }

    [Fact]
    public async Task The_official_client_gets_replies_with_log_probabilities()
    {
        var options = Options(n: 30);
        (options.IncludeLogProbabilities, options.TopLogProbabilityCount) = (true, 5);

        var completion = (await Chat.CompleteChatAsync(Question, options)).Value;

        Assert.Equal(ChatMessageRole.Assistant, completion.Role);
        var text = Assert.Single(completion.Content).Text;
        Assert.Equal(30, completion.Usage.OutputTokenCount);
        Assert.Equal(completion.Usage.InputTokenCount + 30, completion.Usage.TotalTokenCount);
        Assert.Equal(ChatFinishReason.Length, completion.FinishReason);
        Assert.Equal(
            text,
            Encoding.UTF8.GetString(
                [.. completion.ContentTokenLogProbabilities.SelectMany(token => token.Utf8Bytes!.Value.ToArray())]));
        Assert.All(completion.ContentTokenLogProbabilities, token =>
        {
            Assert.Equal(5, token.TopLogProbabilities.Count);
            var probabilities = token.TopLogProbabilities.Select(top => Math.Exp(top.LogProbability)).ToList();
            Assert.Equal(probabilities.OrderDescending(), probabilities);
            Assert.InRange(probabilities.Sum(), 0, 1.0001);
            Assert.True(token.LogProbability <= token.TopLogProbabilities[0].LogProbability);
        });
    }

    [Fact]
    public async Task A_stream_joins_to_the_reply_of_the_same_seed()
    {
        var whole = (await Chat.CompleteChatAsync(Question, Options(n: 40))).Value;
        var (text, finish, usage) = (new StringBuilder(), default(ChatFinishReason?), default(ChatTokenUsage));

        await foreach (var update in Chat.CompleteChatStreamingAsync(Question, Options(n: 40)))
        {
            text.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
            finish ??= update.FinishReason;
            usage ??= update.Usage;
        }

        Assert.Equal(whole.Content[0].Text, text.ToString());
        Assert.Equal(whole.FinishReason, finish);
        Assert.Equal(whole.Usage.TotalTokenCount, usage!.TotalTokenCount);
    }

    [Fact]
    public async Task Stop_strings_end_the_reply_and_are_left_out_whole_and_streamed()
    {
        var full = (await Chat.CompleteChatAsync(Question, Options(n: 40))).Value.Content[0].Text;
        var stop = full.Substring(full.Length / 2, 3);
        var expected = full[..full.IndexOf(stop, StringComparison.Ordinal)];
        var options = Options(n: 40);
        options.StopSequences.Add(stop);

        var whole = (await Chat.CompleteChatAsync(Question, options)).Value;
        var streamed = new StringBuilder();
        await foreach (var update in Chat.CompleteChatStreamingAsync(Question, options))
        {
            streamed.Append(string.Concat(update.ContentUpdate.Select(part => part.Text)));
        }

        Assert.Equal(ChatFinishReason.Stop, whole.FinishReason);
        Assert.Equal((expected, expected), (whole.Content[0].Text, streamed.ToString()));
    }

    [Fact]
    public async Task A_vote_counts_all_samples_and_gives_one_reply()
    {
        var body = BinaryContent.Create(
            BinaryData.FromString(
                """{"model":"tiny","messages":[{"role":"user","content":"q"}],"vote_k":7,"max_tokens":20,"seed":3}"""));

        var reply = JObject.Parse((await Chat.CompleteChatAsync(body)).GetRawResponse().Content.ToString());

        var vote = reply["vote"]!;
        Assert.Equal(7, (int)vote["k"]!);
        Assert.Equal(7, (int)vote["first"]! + (int)vote["second"]! + (int)vote["invalid"]!);
        double? largest = Math.Max((int)vote["first"]!, (int)vote["second"]!);
        Assert.Equal(largest == 0 ? null : largest / 7, (double?)vote["agreement"]);
        var said = (string)Assert.Single(reply["choices"]!)["message"]!["content"]!;
        Assert.Equal(
            (int?)vote["winner"],
            vote["winner"]!.Type == JTokenType.Null
                ? null
                : (int?)R1Reward.Data.Judging.JudgmentParser.Parse(said).Choice);
    }

    [Fact]
    public async Task The_judge_client_of_this_program_reads_the_log_probabilities()
    {
        using var client = new OpenAiJudgeClient(
            new JudgeOptions { Endpoints = [_server.Endpoint] }, TimeProvider.System);

        var reply = await client.AskAsync(
            new JudgePrompt("", "good?") { MaxTokens = 1, TopLogProbs = 20, Temperature = 0 });

        Assert.Null(reply.Failure);
        var token = Assert.Single(reply.Tokens);
        Assert.Equal(20, token.Alternatives.Length);
        Assert.Equal((token.Text, token.LogProb), (token.Alternatives[0].Text, token.Alternatives[0].LogProb));
    }

    [Fact]
    public async Task Many_requests_run_together_and_each_gets_what_it_would_get_alone()
    {
        var alone = new List<string>();
        for (var seed = 0; seed < 4; seed++)
        {
            alone.Add((await Chat.CompleteChatAsync(Question, Options(20, seed))).Value.Content[0].Text);
        }

        var together = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(
                async i => (await Chat.CompleteChatAsync(Question, Options(20, i % 4))).Value.Content[0].Text));

        Assert.Equal(Enumerable.Range(0, 16).Select(i => alone[i % 4]), together);
        Assert.Equal(4, alone.Distinct().Count());
    }

    [Theory]
    [InlineData("nothing", 400, "not a JSON object")]
    [InlineData("{}", 400, "messages")]
    [InlineData("""{"messages":[{"role":"tool","content":"x"}]}""", 400, "role")]
    [InlineData("""{"messages":[{"role":"user"}]}""", 400, "content")]
    [InlineData(
        """{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:,"}}]}]}""",
        400,
        "reads text")]
    [InlineData("""{"model":"gpt","messages":[{"role":"user","content":"x"}]}""", 404, "tiny")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"temperature":-1}""", 400, "temperature")]
    [InlineData(
        """{"messages":[{"role":"user","content":"x"}],"temperature":"hot"}""", 400, "temperature must be a number")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"n":9}""", 400, "n must be a whole number from 1 to 8")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"max_tokens":0}""", 400, "max_tokens")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"top_logprobs":3}""", 400, "logprobs: true")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"vote_k":3,"stream":true}""", 400, "vote_k")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"tools":[{}]}""", 400, "tools is not served")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"presence_penalty":0.5}""", 400, "presence_penalty")]
    [InlineData("""{"messages":[{"role":"user","content":"x"}],"stop":""}""", 400, "stop")]
    [InlineData("LONG", 400, "tokens, with room for 511")]
    [InlineData("LONG STREAM", 400, "tokens, with room for 511")]
    [InlineData("HUGE", 413, "4096")]
    public async Task A_bad_request_is_refused_with_its_reason(string body, int status, string reason)
    {
        body = body switch
        {
            "LONG" => $$"""{"messages":[{"role":"user","content":"{{new string('x', 600)}}"}]}""",
            "LONG STREAM" => $$"""{"stream":true,"messages":[{"role":"user","content":"{{new string('x', 600)}}"}]}""",
            "HUGE" => new string(' ', 5000),
            _ => body,
        };
        using var http = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(new Uri(_server.Endpoint, "/v1/chat/completions"), content);

        Assert.Equal((HttpStatusCode)status, response.StatusCode);
        Assert.Contains(
            reason, (string)JObject.Parse(await response.Content.ReadAsStringAsync())["error"]!["message"]!);
    }

    [Fact]
    public async Task The_official_client_is_told_why_it_is_refused()
    {
        var refused = await Assert.ThrowsAsync<ClientResultException>(
            () => new ChatClient("gpt", new ApiKeyCredential("none"), Here).CompleteChatAsync(Question));

        Assert.Equal(404, refused.Status);
        Assert.Contains("this server has tiny", refused.Message);
    }

    private OpenAIClientOptions Here => new() { Endpoint = _server.Endpoint };

    private ChatClient Chat => new("tiny", new ApiKeyCredential("none"), Here);

    private static ChatCompletionOptions Options(int n, int seed = 5)
    {
#pragma warning disable OPENAI001 // The seed is marked as experimental in the client.
        return new ChatCompletionOptions { MaxOutputTokenCount = n, Seed = seed };
#pragma warning restore OPENAI001
    }
}
