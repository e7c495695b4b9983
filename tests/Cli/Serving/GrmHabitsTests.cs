using System.Net;
using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Running;
using R1Reward.Cli.Serving;
using R1Reward.Data.Media;
using R1Reward.Data.Randomness;
using R1Reward.Data.Scenes;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

/// <summary>The ways in which clients in the field write requests, and what they are told.</summary>
public sealed class GrmHabitsTests : IAsyncLifetime
{
    private const string Ask = "\"messages\":[{\"role\":\"user\",\"content\":\"which is better\"}],\"max_tokens\":6";

    private readonly HttpClient _http = new();
    private readonly TempFolder _folder = new();
    private GrmEngine _engine = null!;
    private GrmServer _server = null!;

    public async Task InitializeAsync()
    {
        _engine = await GrmEngine.StartAsync(
            new JudgeModelOptions(TinyModel.Write(_folder.At("eyes"), sees: true), null, "cpu", "float32"));
        _server = await GrmServer.StartAsync(
            new GrmServerOptions { Model = "eyes", MaxNewTokens = 8 }, _engine, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _engine.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("\"top_k\":-1,\"seed\":3")]
    [InlineData("\"top_k\":null,\"stop\":null,\"tools\":null,\"n\":null,\"seed\":3")]
    [InlineData("\"seed\":3.0,\"n\":1.0,\"stop\":[]")]
    [InlineData("\"seed\":3,\"max_completion_tokens\":-1")]
    [InlineData("\"seed\":3,\"max_completion_tokens\":null,\"tool_choice\":\"none\",\"logit_bias\":{}")]
    [InlineData("\"seed\":3,\"stream\":null,\"stream_options\":{\"include_usage\":true},\"logprobs\":false")]
    [InlineData("\"seed\":3,\"session_id\":\"s\",\"return_prompt_text\":false,\"n_cmpl\":1,\"reasoning_budget\":-1")]
    public async Task Off_and_absent_have_many_spellings(string fields)
    {
        var (_, plain) = await PostAsync($"{{{Ask},\"seed\":3}}");

        var (status, reply) = await PostAsync($"{{{Ask},{fields}}}");

        Assert.Equal(200, status);
        Assert.Equal(plain["choices"]!.ToString(), reply["choices"]!.ToString());
    }

    [Fact]
    public async Task A_seed_of_minus_one_is_none()
    {
        var (_, one) = await PostAsync($"{{{Ask},\"seed\":-1,\"temperature\":3}}");
        var (_, two) = await PostAsync($"{{{Ask},\"seed\":-1,\"temperature\":3}}");

        Assert.NotEqual(one["choices"]!.ToString(), two["choices"]!.ToString());
    }

    [Fact]
    public async Task A_reply_is_as_long_as_min_tokens_asks()
    {
        var (status, reply) = await PostAsync($"{{{Ask},\"min_tokens\":6}}");

        Assert.Equal((200, 6), (status, (int)reply["usage"]!["completion_tokens"]!));
    }

    [Fact]
    public async Task A_picture_may_be_the_text_itself_and_a_text_may_stand_among_parts()
    {
        var url = DataUri.FromPng(SceneImage.Noise(3, CounterRandom.For(1, "a")));
        var asObject = $$$"""{"type":"image_url","image_url":{"url":"{{{url}}}","detail":"auto"}}""";
        var asText = $$"""{"type":"image_url","image_url":"{{url}}"}""";

        var (_, expected) = await PostAsync(Parts(asObject, """{"type":"text","text":"what is it"}"""));
        var (status, reply) = await PostAsync(Parts(asText, "\"what is it\""));

        Assert.Equal(200, status);
        Assert.Equal(expected["usage"]!.ToString(), reply["usage"]!.ToString());
    }

    [Fact]
    public async Task A_reply_can_be_sent_back_as_it_came()
    {
        var (status, _) = await PostAsync("""
            {"max_tokens":2,"messages":[{"role":"user","content":"q","name":"ann"},
            {"role":"assistant","content":"a","refusal":null,"tool_calls":[],"annotations":[],"reasoning_content":""},
            {"role":"user","content":"q"}]}
            """);

        Assert.Equal(200, status);
    }

    [Theory]
    [InlineData("\"top_p\":0", "top_p must be a number above 0")]
    [InlineData("\"min_p\":2", "min_p must be a number from 0 to 1")]
    [InlineData("\"temperature\":1e999", "temperature must be a number")]
    [InlineData("\"repetition_penalty\":0", "repetition_penalty must be a number above 0")]
    [InlineData("\"top_k\":-2", "top_k must be a whole number, 0 or more, or -1 to leave it out")]
    [InlineData("\"seed\":1.5", "seed must be a whole number")]
    [InlineData("\"seed\":\"3\"", "seed must be a whole number")]
    [InlineData("\"n\":0", "n must be a whole number from 1 to 64")]
    [InlineData("\"logprobs\":5", "logprobs must be true or false")]
    [InlineData("\"logprobs\":true,\"top_logprobs\":21", "top_logprobs must be a whole number from 0 to 20")]
    [InlineData("\"enable_thinking\":false", "enable_thinking is not known")]
    [InlineData("\"thinking\":{\"type\":\"disabled\"}", "thinking is not known")]
    [InlineData("\"reasoning\":{\"enabled\":false}", "reasoning is not served")]
    [InlineData("\"input_ids\":[1]", "input_ids is not served")]
    [InlineData("\"n_cmpl\":2", "n_cmpl is not served")]
    [InlineData("\"logprob_token_ids\":[1]", "logprob_token_ids is not served")]
    [InlineData("\"seed\":99999999999999999999", "seed must be a whole number")]
    [InlineData("\"stop\":[\"a\",\"\"]", "stop must be")]
    [InlineData("\"min_tokens\":7", "min_tokens must be a whole number from 0 to 6")]
    [InlineData("\"stream\":\"yes\"", "stream must be true or false")]
    [InlineData("\"stream_options\":3", "stream_options must be an object")]
    [InlineData("\"stream_options\":{\"chunk_size\":3}", "stream_options.chunk_size")]
    public async Task A_refusal_names_the_field(string fields, string reason) =>
        await AssertRefusedAsync($"{{{Ask},{fields}}}", reason);

    [Theory]
    [InlineData("""{"type":"video_url","video_url":{"url":"data:,"}}""", "content[1].type must be text, image_url")]
    [InlineData("""{"text":"q"}""", "content[1].type must be text, image_url")]
    [InlineData("""{"type":"text","text":3}""", "content[1].text must be a text")]
    [InlineData("""{"type":"image_url","image_url":{"uri":"data:,"}}""", "content[1].image_url.uri is not served")]
    [InlineData("""{"type":"image_url"}""", "content[1].image_url must be an object with a url")]
    [InlineData("""{"type":"image_url","image_url":"a.png"}""", "content[1].image_url.url: pictures come inside")]
    [InlineData(
        """{"type":"image_url","image_url":"data:image/png;base64,!"}""", "content[1].image_url cannot be shown")]
    [InlineData(
        """{"type":"image_url","image_url":{"url":"data:,","detail":"low"}}""", "content[1].image_url.detail")]
    public async Task A_refusal_names_the_part(string part, string reason) =>
        await AssertRefusedAsync(Parts("""{"type":"text","text":"q"}""", part), "messages[0]." + reason);

    [Theory]
    [InlineData("""{"role":"user","content":"q","tool_call_id":"x"}""", "messages[0].tool_call_id is not served")]
    [InlineData("""{"role":"assistant","content":"q","prefix":true}""", "messages[0].prefix is not served")]
    [InlineData("""{"role":"tool","content":"q"}""", "messages[0].role must be")]
    [InlineData("""{"role":"user","content":[]}""", "messages[0].content must be a text, or a list of parts")]
    public async Task A_refusal_names_the_field_of_the_message(string message, string reason) =>
        await AssertRefusedAsync($$"""{"messages":[{{message}}]}""", reason);

    [Theory]
    [InlineData("GET", "/health", 200, "ok")]
    [InlineData("GET", "//v1//models/", 200, "eyes")]
    [InlineData("POST", "/health", 405, "POST is not served here")]
    [InlineData("DELETE", "/v1/models", 405, "DELETE is not served here")]
    [InlineData("GET", "/v1/chat/completions", 405, "GET is not served here")]
    [InlineData("OPTIONS", "/v1/chat/completions", 405, "OPTIONS is not served here")]
    [InlineData("POST", "/v1/completions", 404, "POST /v1/chat/completions")]
    public async Task Each_route_answers_or_says_which_do(string method, string path, int status, string said)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(method), new Uri(_server.Endpoint.GetLeftPart(UriPartial.Authority) + path));
        using var response = await _http.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains(said, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/models/eyes", 200, "eyes")]
    [InlineData("/models/eyes", 200, "eyes")]
    [InlineData("/v1/models/others", 404, null)]
    public async Task A_model_can_be_retrieved(string path, int status, string? id)
    {
        using var response = await _http.GetAsync(new Uri(_server.Endpoint, path));
        var reply = JObject.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(((HttpStatusCode)status, id), (response.StatusCode, (string?)reply["id"]));
    }

    private static string Parts(params string[] parts) =>
        $$"""{"max_tokens":2,"messages":[{"role":"user","content":[{{string.Join(",", parts)}}]}]}""";

    private async Task AssertRefusedAsync(string body, string reason)
    {
        var (status, reply) = await PostAsync(body);

        Assert.Equal(400, status);
        Assert.Contains(reason, (string)reply["error"]!["message"]!, StringComparison.Ordinal);
    }

    private async Task<(int Status, JObject Reply)> PostAsync(string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(_server.Endpoint, "/v1/chat/completions"), content);
        return ((int)response.StatusCode, JObject.Parse(await response.Content.ReadAsStringAsync()));
    }
}
