using OwnProgram;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Serving;

switch (args)
{
    case ["serve"]:
        await using (var server = await RewardServer.StartAsync(new RewardServerOptions(), new Brevity()))
        {
            Console.WriteLine(server.Address);
            await Task.Delay(Timeout.Infinite);
        }

        return 0;
    case ["vote", var folder, var question, var response1, var response2]:
        var pair = new PreferencePair
        {
            Id = new PairId("pair"),
            Question = question,
            Response1 = response1,
            Response2 = response2,
        };
        Console.WriteLine(Votes.Count(folder, pair));
        return 0;
    default:
        Console.Error.WriteLine("give serve, or vote FOLDER QUESTION RESPONSE1 RESPONSE2");
        return 2;
}
