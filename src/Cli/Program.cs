using R1Reward.Cli;

return await Entry.RunAsync(args);
