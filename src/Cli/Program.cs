using R1Reward.Cli;
using R1Reward.Cli.Running;

NativeSettings.Apply();
return await Entry.RunAsync(args);
