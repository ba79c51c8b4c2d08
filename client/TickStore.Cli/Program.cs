return TickStore.Cli.CommandHost.Run(args);
