using System.ClientModel;
using Newtonsoft.Json.Linq;
using OpenAI;
using OpenAI.Chat;
using R1Reward.Cli.Running;
using R1Reward.Cli.Serving;
using R1Reward.Data.Media.Fetching;
using R1Reward.Data.Randomness;
using R1Reward.Data.Scenes;
using R1Reward.Rewards.Http;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

/// <summary>Pictures in requests to a model that sees.</summary>
public sealed class GrmPicturesTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private GrmEngine _engine = null!;
    private GrmServer _server = null!;

    private ChatClient Chat =>
        new(
            "eyes",
            new ApiKeyCredential("none"),
            new OpenAIClientOptions { Endpoint = new Uri(_server.Endpoint, "/v1") });

    public async Task InitializeAsync()
    {
        _engine = await GrmEngine.StartAsync(
            new JudgeModelOptions(TinyModel.Write(_folder.At("eyes"), sees: true), null, "cpu", "float32"));
        _server = await GrmServer.StartAsync(new GrmServerOptions { Model = "eyes" }, _engine, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _engine.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_reply_follows_from_the_picture()
    {
        var (first, again, other) = (await FirstLogProb(
            Picture("a")), await FirstLogProb(Picture("a")), await FirstLogProb(Picture("b")));

        Assert.Equal(first, again);
        Assert.NotEqual(first.LogProb, other.LogProb);

        // 84 x 84 pixels are nine tokens, with one before and one after them.
        Assert.Equal((await FirstLogProb(null)).PromptTokens + 11, first.PromptTokens);
    }

    [Theory]
    [InlineData("/etc/hostname", "not fetched")]
    [InlineData("http://127.0.0.1:9/a.png", "not fetched")]
    [InlineData("data:image/png;base64,AAAA", "messages[0].content[0].image_url cannot be shown: Unsupported")]
    [InlineData("data:image/png,plain", "base64")]
    public async Task What_is_no_picture_of_the_request_is_refused(string address, string reason)
    {
        var body = BinaryContent.Create(BinaryData.FromString(
            $$$"""
            {"model":"eyes","messages":[{"role":"user","content":[
                {"type":"image_url","image_url":{"url":"{{{address}}}"}},
                {"type":"text","text":"q"}]}]}
            """));

        var refused = await Assert.ThrowsAsync<ClientResultException>(() => Chat.CompleteChatAsync(body));

        Assert.Equal(400, refused.Status);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_at_an_address_is_fetched_where_the_operator_wants_it()
    {
        await using var shelf = await JsonServer.StartAsync(
            new JsonServerOptions(),
            async context => await context.Response.Body.WriteAsync(Picture("a").ToMemory()),
            (_, reason) => new JObject { ["error"] = reason });
        var options = new JudgeModelOptions(
            _folder.At("eyes"), null, "cpu", "float32", Fetch: new FetchOptions { AllowPrivate = true });
        using var engine = await GrmEngine.StartAsync(options);
        await using var server = await GrmServer.StartAsync(
            new GrmServerOptions { Model = "eyes", MaxNewTokens = 8, Fetches = true }, engine, TimeProvider.System);
        using var http = new HttpClient();

        var fetched = await AskAsync(new Uri(shelf.Address, "a.png").ToString());
        var held = await AskAsync("data:image/png;base64," + Convert.ToBase64String(Picture("a")));
        var file = await AskAsync("file:///etc/hostname");

        Assert.Equal((200, 200, 400), (fetched.Status, held.Status, file.Status));
        Assert.Equal(held.Reply["choices"]!.ToString(), fetched.Reply["choices"]!.ToString());
        Assert.Contains("http or https", (string?)file.Reply["error"]!["message"], StringComparison.Ordinal);

        async Task<(int Status, JObject Reply)> AskAsync(string address)
        {
            using var content = new StringContent(
                $$$"""
                {"seed":1,"max_tokens":4,"logprobs":true,"messages":[{"role":"user","content":[
                    {"type":"image_url","image_url":{"url":"{{{address}}}"}},
                    {"type":"text","text":"q"}]}]}
                """);
            using var response = await http.PostAsync(new Uri(server.Endpoint, "/v1/chat/completions"), content);
            return ((int)response.StatusCode, JObject.Parse(await response.Content.ReadAsStringAsync()));
        }
    }

    private static BinaryData Picture(string name) =>
        BinaryData.FromBytes(SceneImage.Noise(3, CounterRandom.For(1, name)));

    private async Task<(float LogProb, int PromptTokens)> FirstLogProb(BinaryData? picture)
    {
        var text = ChatMessageContentPart.CreateTextPart("which response is better?");
        ChatMessageContentPart[] parts = picture is null
            ? [text]
            : [ChatMessageContentPart.CreateImagePart(picture, "image/png"), text];
        var reply = (await Chat.CompleteChatAsync(
            [new UserChatMessage(parts)], new ChatCompletionOptions
            {
                MaxOutputTokenCount = 1,
                Temperature = 0,
                IncludeLogProbabilities = true,
                TopLogProbabilityCount = 1,
            })).Value;
        return (
            reply.ContentTokenLogProbabilities.Count > 0
                ? reply.ContentTokenLogProbabilities[0].LogProbability
                : float.NaN,
            reply.Usage.InputTokenCount);
    }
}
